### English, the language whose texts every other catalogue translates.
### The module docstring of bench/texts/__init__.py says how messages are used.
### Sections are the rooms and files of bench/report.

## Numbers, lists, names (text.py)

thousands-separator = ,
thousands-from-digits = 4
listing = { $most } and { $last }
alternatives = { $most } or { $last }
range = { $low } to { $high }
not-finite = not finite
unbounded = unbounded
quoted = “{ $name }”
seeds = { $count } { $count ->
        [one] seed
       *[other] seeds
    }
rounds = { $count } { $count ->
        [one] round
       *[other] rounds
    }
runs = { $count } { $count ->
        [one] run
       *[other] runs
    }
status = { $status ->
        [completed] completed
        [diverged] diverged
        [failed] failed
        [interrupted] interrupted
        [out_of_memory] out of memory
        [timed_out] timed out
       *[other] { $name }
    }

## Verdicts (verdict_text.py, judged.py, findings/words.py)

verdict = { $kind ->
        [better] better
        [worse] worse
        [equivalent] equivalent within { $margin }
        [untested] untested
       *[undecided] undecided
    }
verdict-kind = { $kind ->
        [better] better
        [worse] worse
        [equivalent] equivalent
        [untested] untested
       *[undecided] undecided
    }
verdict-small = { $kind ->
        [better] better by less than { $margin }
       *[worse] worse by less than { $margin }
    }
verdict-reason = { $reason ->
        [no-value] no value
        [one-seed] one seed
       *[identical-seeds] identical seeds
    }
verdict-needed = { $count ->
        [one] about { $count } more seed needed
       *[other] about { $count } more seeds needed
    }
verdict-needed-many = more than { $most } more seeds needed
verdict-effect = { $kind ->
        [ratio] ratio { $effect }
       *[difference] difference { $effect }
    }
verdict-on-final = verdict on its final { $metric }: { $verdict } ({ $detail })
verdict-cost = { $verdict ->
        [better] { $subject ->
            [speed] faster
            [memory] smaller
           *[FLOPs] cheaper
        }
        [worse] { $subject ->
            [speed] slower
            [memory] larger
           *[FLOPs] costlier
        }
        [small-better] { $subject ->
            [speed] faster by less than { $margin }
            [memory] smaller by less than { $margin }
           *[FLOPs] cheaper by less than { $margin }
        }
        [small-worse] { $subject ->
            [speed] slower by less than { $margin }
            [memory] larger by less than { $margin }
           *[FLOPs] costlier by less than { $margin }
        }
       *[equivalent] { $subject ->
            [speed] as fast within { $margin }
            [memory] as small within { $margin }
           *[FLOPs] as cheap within { $margin }
        }
    }
verdict-cost-same = the same
verdict-cost-detail = { $reason ->
        [one-measurement] one measurement
        [spread] the spread is too large
       *[includes-none] the interval includes no difference
    }

## Tables (table.py)

table-baseline = { $name } (baseline)

## Samples, as tasks call them (data/units.py)

samples = { $samples }
real-sample = real { $sample }
real-samples = real { $samples }

## Looks at a sweep that adds seeds (course.py)

course-verdict = { $name } { $verdict }
course-undecided = without a verdict: { $labels }
course-look = Look { $number }, at { seeds }: { $found }.
course-over = No seeds are added: { $why ->
        [at-most] { $most } is the most that was asked for. Left: { $labels }.
        [hopeless] more seeds would not decide { $labels }, whose runs have no value.
       *[decided] every configuration has a verdict.
    }
course-due = { runs } of the next look { $count ->
        [one] is
       *[other] are
    } due.

## Targets (target_text.py)

target-origin = the median of what the baseline’s seeds get to{ $origin ->
        [preliminary] , not all of which have completed
       *[fixed] { "" }
    }
target-cost = { $cost ->
        [training-flops] Training compute
        [samples-seen] Real { $samples }
        [joules] Energy
       *[training-seconds] Time
    }

## Findings (findings/)

finding-published = Compared with the published table, after the same number of steps – { $parts }.
finding-published-part = { $near } of { $count } { $count ->
        [one] mean
       *[other] means
    } on { $dataset } lie within two standard errors{ $outside ->
        [none] { "" }
       *[other] , outside: { $outside }
    }
finding-packing = Modes captured with packing, compared with { $single } without ({ $base }{ $modes ->
        [unknown] { "" }
       *[other] { " " }of { $modes }
    }{ $steps ->
        [unknown] { "" }
       *[other] { " " }after { $steps } steps
    }), verdicts that hold together at { $level } % – { $groups }.
finding-packing-heading = { $kind ->
        [better] more
       *[worse] fewer
    }
finding-packing-judges = { $name } judges { $packs }
finding-packing-unequal = The packs per update differ too: { $counts }, { $name } { $packs }, so this
    is not the effect of packing alone.
finding-learning = Does it learn? By the { $metric } of the first and of the last evaluation (means
    over the seeds) – { $parts }.
finding-learning-progress = { $progress ->
        [learned] learned
        [not-yet] not yet
       *[collapsed] collapsed
    }
finding-losses = What do the losses do? In the second half of training – { $parts }.
finding-losses-both = both { $behaviour ->
        [stable] stable
        [oscillating] oscillating
        [growing] growing
       *[falling] falling
    }
finding-losses-critic = critic’s { $behaviour ->
        [stable] stable
        [oscillating] oscillating
        [growing] growing
       *[falling] falling
    }
finding-losses-generator = generator’s { $behaviour ->
        [stable] stable
        [oscillating] oscillating
        [growing] growing
       *[falling] falling
    }
finding-sign = Sign of failure: { $kind ->
        [critic-wins] the critic recognises { $share } % of real and of generated samples and more, so
            that the generator learns little from it
        [generator-loss-runs-away] the generator’s loss ends above { $times } times what it was in the
            second quarter of training
        [collapse] { $measure ->
            [recall] recall
            [coverage] coverage
            [modes-captured] modes captured
           *[other] { $name }
        } fell below half of what it had been, as when the generator collapses to few samples
        [lost-score] scores of the last evaluation that are not finite
       *[not-finite] losses that are not finite, which ends a run
    }: { $whose }.
finding-sign-of = { $name } ({ $some } of { seeds }{ $step ->
        [unknown] { "" }
       *[other] , since about step { $step }
    })
finding-fastest = { $label } trains fastest per real { $sample }: { $times } times the speed of the
    baseline { $baseline }{ $update ->
        [alike] { "" }
       *[other] , and { $update } times per generator update
    } ({ $unit ->
        [seeds] { seeds }
       *[rounds] { rounds }
    }){ $gain ->
        [doubtful] , with an interval that includes no gain
        [untested] , which is not tested
       *[shown] { "" }
    }{ $ahead ->
        [shown] ; it is ahead of the second fastest, { $second }, by { $over } times
        [not-shown] ; not shown to be ahead of the second fastest, { $second }, by { $over } times
        [untested] ; not tested whether it is ahead of the second fastest, { $second }, by { $over }
            times
        [apart] ; not compared with the second fastest, { $second }
       *[alone] { "" }
    }{ $doubt ->
        [contended] , although other processes used the machine during { finding-timed }
        [drifted] , although the machine’s speed drifted during { finding-timed }
        [contended-drifted] , although other processes used the machine and the machine’s speed
            drifted during { finding-timed }
       *[none] { "" }
    }{ $verdict ->
        [none] { "" }
       *[other] ; { $verdict }
    }.
finding-timed = { $unit ->
        [seeds] some epochs
       *[rounds] timing
    }
finding-none-faster = No configuration trains faster per real { $sample } than the baseline
    { $baseline }; the nearest is { $label } at { $times } times its speed{ $update ->
        [alike] { "" }
       *[other] , and { $update } times per generator update
    }.
finding-target = { $label } takes least to reach { $target }: { $cost } in the median{ $base ->
        [none] { "" }
       *[other] , the baseline { $base }
    }{ $ahead ->
        [shown] ; it is sooner than the second, { $second } (log-rank test)
        [not-shown] ; not shown to be sooner than the second, { $second } (log-rank test)
        [untested] ; not tested whether it is sooner than the second, { $second }
       *[alone] { "" }
    }.
finding-target-unreached = No configuration reaches { $target } in half of its seeds.
finding-target-beyond = more than { $cost }
finding-target-seeds = { $some } of { seeds } of { $name }
finding-target-shares = { $partly ->
        [none] All seeds reach it.
       *[other] It is reached by { $partly }.
    }
finding-target-tests = Beside the baseline – { $parts } (log-rank test, Holm).
finding-target-verdict = { $verdict ->
        [sooner] sooner
        [later] later
       *[undecided] undecided
    }
finding-floors = Translations beside the identity mapping and the mean target, which learn nothing –
    { $parts }.
finding-floors-verdict = { $verdict ->
        [better] better than both with { seeds }
        [worse] worse than one of them with { seeds }
        [seems-better] better than both with { seeds }, without an interval
        [seems-no-better] no better than both with { seeds }, without an interval
       *[undecided] not shown to be better than both with { seeds }
    }
finding-quality = Compared with the baseline’s final { $metric } of { $base } ({ seeds }), verdicts
    that hold together at { $level } % – { $parts }.
finding-shrinking = At equal training FLOPs ({ $budget }, the largest budget that all three reached),
    the narrower critic ({ $critic }) changed { $metric } by { $by_critic }, the narrower generator
    ({ $generator }) by { $by_generator }, relative to the baseline: { $verdict ->
        [critic-lost] shrinking the critic lost more quality than shrinking the generator
        [generator-lost] shrinking the generator lost more quality than shrinking the critic
        [critic-gained] neither lost quality, and shrinking the critic gained more
        [generator-gained] neither lost quality, and shrinking the generator gained more
       *[undecided] no significant difference between the two with { seeds }
    }{ $count ->
        [1] { " " }(one seed: no interval)
       *[other] { "" }
    }.
finding-front = On the Pareto front of final { $metric } against training FLOPs by the means{ $seeds ->
        [one] , with one seed
       *[several] { "" }
    }: { $on }; { $off ->
        [none] none is dominated
       *[other] dominated: { $off }
    }.
finding-front-chance = In brackets: the probability of being on it, by a bootstrap over the seeds.
finding-equal-compute = Quality at equal compute: after { $budget } of training, the largest budget
    that all reached, { $first } has the { $direction ->
        [higher] highest
       *[lower] lowest
    } { $metric }, { $own }, followed by { $second }, { $other }{ $ahead ->
        [better] { " " }– the difference is significant ({ $kind } { $effect })
        [untested] { " " }– the difference is not tested: { $reason }
       *[undecided] { " " }– no significant difference with { seeds }
    }.
finding-conditional = Samples that the data set’s classifier assigns to the requested class:
    { $shares }{ $range ->
        [none] { "" }
       *[other] ; { $range }
    }.
finding-conditional-range = { $known ->
        [both] real images { $ceiling } % (the ceiling) and one class throughout { $floor } % (the floor)
        [ceiling] real images { $ceiling } % (the ceiling)
        [floor] one class throughout { $floor } % (the floor)
       *[none] ceiling and floor unknown
    }
finding-conditional-low = Not shown to be above the floor: { $labels }.
finding-floor = The baseline’s final { $metric } of { $quality } is { $times } times the noise floor of
    { $floor } ({ $origin }): { $room ->
        [little] this close to the floor, the measure can hardly show an improvement.
       *[enough] the measure has room to show an improvement.
    }
finding-drift = The machine’s speed drifted: around { $drifted } of { $epochs } calibrated epochs a
    fixed convolution ran more than { $tolerance } % off its median speed ({ $speed } times
    it){ $seed ->
        [all] { "" }
       *[other] , most often in seed { $seed } ({ $most } of { $seeds })
    }.
finding-incomplete = Started but not completed – { $runs }. These runs are counted here and
    excluded from all means.

## Recommendation (recommendation.py)

recommend-nothing = No recommendation: { $why ->
        [one-seed] one seed is no evidence of a difference.
       *[identical] all seeds gave the same value, no evidence of a difference.
    }
recommend-quality = Where quality matters most, use { $label }: { $words }.
recommend-also = Also better than the baseline: { $labels }.
recommend-baseline = Where quality matters most, keep the baseline { $baseline }: { $undecided ->
        [none] none is better.
       *[other] none is shown to be better. Undecided: { $undecided }.
    }
recommend-cost = { $cost ->
        [time] time
        [memory] memory
       *[FLOPs] FLOPs
    }
recommend-matter = { $last ->
        [FLOPs] matter
       *[other] matters
    }
recommend-use = Where { $costs } { recommend-matter } most, use { $label }{ $words ->
        [known] { "" }
       *[other] : { $words }
    }.
recommend-no-saving = Where { $costs } { recommend-matter } most, keep the baseline: { $lacking }.
recommend-cheaper = { $cost ->
        [time] faster
        [memory] smaller
       *[FLOPs] cheaper
    }
recommend-lacking = { $name } ({ $savings }) is { $verdict } ({ $detail })
recommend-none-cheaper = none is shown to be { $kinds }
recommend-better = better than the baseline ({ $detail })
recommend-half = half the FLOPs
recommend-saving = { $cost ->
        [time] { $value } × as fast{ $interval }
        [memory] { $value } % of the memory{ $interval }
       *[FLOPs] { $value } % of the FLOPs{ $interval }
    }
recommend-certainty = Verdicts on quality hold together at { $level } %, from { $span } { $count ->
        [one] seed
       *[other] seeds
    } each{ $epochs ->
        [different] , though final values are of different epochs
       *[same] { "" }
    }; costs, per real { $sample }, are { $costs ->
        [runs] those of the runs
       *[timing] from timing apart from training
    }{ $times ->
        [doubtful] , and times are doubtful (see the marks in the table)
       *[sound] { "" }
    }.

## Notes under tables and figures (notes.py)

note-one-seed = One seed: no interval, and no verdict.
note-verdicts = Verdict: on quality against the baseline, from seeds that are not paired. Intervals of
    the { $kind } hold for all configurations together at { $level } % (Welch, Šidák). In 95 % of sweeps no
    “better” or “worse” is wrong (Holm, step by step, so a verdict can be firmer than its interval).
    “Equivalent”: the whole interval of the { $kind } is within { $margin }{ $kind ->
        [difference] { " " }of the baseline’s value
       *[ratio] { "" }
    } (margin in the grid).
    “Undecided”: about so many more seeds of it and of the baseline give a verdict with 80 % power, if
    differences and spreads are as seen.
note-looks = Seeds are added until there is a verdict, with looks at { $counts } seeds. Each
    configuration is compared at its last look, at the level of that look, and all looks together keep
    what is promised (Lan and DeMets).
note-lowest = Lowest over epochs: the minimum over a run’s evaluations, lower the more often it was
    evaluated; no comparison uses it.
note-averaged = Averaged generator: its weights averaged over training (generator_average), evaluated
    beside the trained one; no other column, comparison or finding uses it.
note-final = Final: at the last evaluation, after epoch { $epoch }.
note-final-each = Final: at each run’s last evaluation, after the final epoch shown.
note-not-finite = Not finite at the last evaluation: { $runs }. Such a run has no final value; means and
    comparisons are over the other seeds.
note-seeds-of = { $name } ({ $count ->
        [one] seed
       *[other] seeds
    } { $listed })
note-left-out = Left out, as not finite at the last evaluation: { $runs }.
note-left-out-at-cost = Left out, as not finite at this cost: { $runs }.
note-evaluations-lost = Red crosses at the upper edge, and in no mean: { $count } { $count ->
        [one] evaluation
       *[other] evaluations
    } not finite.
note-unbounded = Unbounded: the seeds differ so much that the denominator’s interval includes zero.
note-counting = A real { $sample } counts once each time it is shown to the critic as part of its batch;
    a generator update includes the critic updates before it.
note-epochs = Epochs of the configurations differ in their real { $samples } or in their generator
    updates: they are no measure of cost.
note-packs = Packs that the critic judges per update, the baseline’s being { $base }: { $others }. Fewer
    packs are fewer decisions per step; PacGAN’s paper compares at equal packs (the key packs of a
    grid).
note-time = Time: real { $samples } times the seconds per { $sample } of the timing.
note-machines = Timings come from different machines or settings ({ $machines }): compare them with
    care.
machine = { $column ->
        [device] device
        [gpu_name] GPU
        [cpu_model] CPU
        [host] host
        [torch_version] torch
        [cuda_version] CUDA
       *[threads] threads
    }
machine-timed = { machine }: { $timed }, not { $others }
note-different-data = The configurations were trained on different data.
note-timed-elsewhere = Runs trained on another machine than the timed one ({ $machines }).
note-stacks = { runs } { $count ->
        [one] was
       *[other] were
    } trained together { $stacks ->
        [one] as one stack
        [equal] in stacks of { $least }
       *[several] in stacks of { $least } to { $most }
    }: their times, memory and energy are shared and therefore left out.
note-unstarted = { $count } not run
note-completed = { $count } of { $planned } completed

## The top of a report (heading.py)

heading-data = Data set
heading-seeds = Seeds
heading-epochs = Epochs
heading-steps = Steps
heading-per-run = { $steps } per run
heading-batch = Batch size
heading-machine = Machine
heading-software = Software
heading-code = Code
heading-plugins = Plug-ins
heading-measured = Measured
heading-content = { $name } (content { $content })
heading-training = { $number } for training
heading-channels = channels: { $number }
heading-cores = { $number } cores
heading-threads = threads per run: { $number }
heading-no-gpu = no GPU
heading-commit = commit { $commits }{ $changes ->
        [some] , with uncommitted changes
       *[none] { "" }
    }
heading-incomplete = { $completed } of { runs } completed ({ $parts }){ $state ->
        [preliminary] : this report is preliminary.
       *[over] .
    }
heading-apart = { $count } further { $count ->
        [one] run
       *[other] runs
    } in the folder, of an earlier grid or of an earlier revision of a variant, { $count ->
        [one] is
       *[other] are
    } in no table or figure.
heading-machines = The runs were measured on different machines or settings ({ $machines }): compare
    their timings with care.
heading-changed = { $files } changed between runs: runs of one configuration may have been trained by
    different code.

## Conditions of times (conditions.py)

conditions-contended = Other processes used the machine during some epochs: these times are upper
    bounds.
conditions-unknown = Whether other processes used the machine is unknown for some epochs{ $labels ->
        [all] { "" }
       *[other] { " " }of { $labels }
    }: they trained for less than half a second, or it was not recorded.
conditions-timing = Times, energy and memory were measured before training, one configuration at a
    time, in { $rounds } interleaved rounds (timing.parquet): intervals are over rounds and ratios
    paired by round. The slowest round of all configurations took { $slower } % longer than the
    fastest{ $contended ->
        [none] { "" }
       *[other] ; other programs or machines took processor time in { $contended } of { $count } { $count ->
            [one] turn
           *[other] turns
        }, which do not count where five others are left
    }.
conditions-contended-turns = Others used the machine in a fifth or more of these turns: the times are
    upper bounds.
conditions-untimed = { $name } could not be timed ({ $error }).
conditions-packed = Up to { $most } runs trained side by side: their own times, in epochs.parquet, are
    not used.
conditions-not-timed = Not timed apart from training: { $labels }. Times of its runs are no substitute,
    since several trained side by side.
conditions-drifted-of = { $label }: { $some } of { $all }
conditions-drifted = The machine’s speed drifted: around some calibrated epochs a fixed convolution ran
    more than { $tolerance } % faster or slower than its median in this sweep ({ $shares }). Their times
    cannot be compared with those of other epochs.

## Facets and merged sweeps (data/facets.py, data/merged.py)

facets = { $facets ->
        [data-sets] data sets
        [image-sizes] image sizes
        [machines] machines
       *[facets] facets
    }
facet-channels = { $count ->
        [1] grey
       *[other] { $count } channels
    }
facet-classes = { $classes ->
        [all] all classes
       *[other] classes { $classes }
    }
merged = This report merges { $paths }; its command and grid are those of { $first }.
merged-twice = { runs } in several of these folders: each counts once, as completed in the first that
    has it.
merged-baselines = The baselines of these sweeps differ: all are compared with { $baseline }, where it
    was run.
merged-margins = Their margins of equivalence differ: the smallest is used.
merged-targets = Their targets differ: that of { $first } is used.

## How quality is measured, and what is compared (data/protocol.py, outcome.py, target.py)

protocol-of-targets = of the targets
protocol-over = over { $features } features
protocol-floor = what as many other real images score{ $how ->
        [extrapolated] , extrapolated from fewer
       *[measured] { "" }
    }
protocol = { $metric } { $means }{ $weights }{ $samples ->
        [unknown] { "" }
       *[other] , { $samples } generated samples
    }{ $reference ->
        [training] { " " }against the { $images } real training images
        [held-out] { " " }against the { $images } held-out real images
       *[none] { "" }
    }{ $hash ->
        [none] { "" }
       *[other] { " " }(reference { $hash })
    }{ $floor ->
        [none] .
        [unknown] ; noise floor not measured{ $halves ->
            [unknown] .
           *[other] { " " }(one half of the real images is { $halves } from the other, but a distance
                depends on the number of images).
        }
       *[other] ; noise floor ({ $origin }) { $floor }.
    }
outcome-modes = modes captured
target-unusable = The target is what the baseline gets to, and { $why ->
        [no-baseline] there is no baseline.
        [no-measure] no single measure judges it.
        [not-completed] none of its runs has completed.
       *[nothing] half of its seeds got to nothing.
    }
target-of = The target is given in { $name }, which { $why ->
        [plug-in] a plug-in declares that is not loaded.
        [protocols] was measured with { $count } protocols that cannot be compared.
       *[not-measured] no run has measured.
    }

## Across facets (cover/findings.py)

cover-quality = Across the { $count } { facets }, { $best ->
        [other] { $label } has the { $direction ->
            [higher] highest
           *[lower] lowest
        } { $metric } relative to the baseline { $baseline }: { $times } times, in the geometric mean
       *[baseline] no configuration has a { $direction } { $metric } than the baseline { $baseline } in
            the geometric mean; the nearest is { $label } at { $times } times
    }{ $gain ->
        [doubtful] , with an interval that includes no gain
        [untested] , which is not tested
       *[shown] { "" }
    }{ $verdicts ->
        [none] { "" }
       *[other] : { $verdicts }
    }{ $ahead ->
        [shown] ; it is ahead of the second, { $second }, by { $over } times
        [not-shown] ; not shown to be ahead of the second, { $second }, by { $over } times
        [untested] ; not tested whether it is ahead of the second, { $second }, by { $over } times
        [apart] ; not compared with the second, { $second }
       *[alone] { "" }
    }.
cover-verdict = { $labels } { $verdict ->
        [better] better
        [worse] worse
       *[equivalent] equivalent
    }
cover-opposite = { $label } is { $verdicts }
cover-disagree = The { facets } disagree: { $parts }.
cover-agree = The same on all { $count } { facets }: { $parts }.
cover-fastest = { $label } trains fastest per real image across the { facets }: { $times } times the
    speed of the baseline in the geometric mean ({ $each }){ $gain ->
        [doubtful] , with an interval that includes no gain
        [untested] , which is not tested
       *[shown] { "" }
    }{ $ahead ->
        [shown] ; it is ahead of the second, { $second }, by { $over } times
        [not-shown] ; not shown to be ahead of the second, { $second }, by { $over } times
        [untested] ; not tested whether it is ahead of the second, { $second }, by { $over } times
        [apart] ; not compared with the second, { $second }
       *[alone] { "" }
    }.

## What changed between sweeps, bench compare (change/)

change-heading = { $new } against { $old }
change-surroundings = The environments differ:
change-kind = { $count } { $kind ->
        [lost] lost
        [worse] worse
        [better] better
        [undecided] undecided
        [equivalent] equivalent
        [small] different by less than the margin
       *[same] the same
    }
change-summary = { $count } { $count ->
        [one] configuration
       *[other] configurations
    } in both{ $kinds ->
        [none] , not measured.
       *[other] : { $kinds }.
    }
change-first = What changed
change-others = Everything else
change-configuration = Configuration
change-measure = Measure
change-old = old
change-new = new
change-change = Change (95 %)
change-verdict = Verdict
change-revised = { $label } is of another revision: { $old } in { $before }, { $new } in { $after }.
change-grown = { $name } added seeds until its verdicts were given: its first { seeds } count here, since
    which others there are depends on these.
change-apart = Not compared: { $what }{ $labels ->
        [all] { "" }
       *[other] { " " }of { $labels }
    }: { $reason }.
change-only = Only in { $name }: { $labels }.
change-note = Change: the newer mean over (×) or minus (+, −) the older one. Of each measure, all
    intervals and verdicts hold together at 95 % (Welch, Šidák); measures are separate comparisons.
    Equivalent: the whole interval is within { $margins }. Same: equal values, seed by seed.
change-note-costs = Times, energy and memory are of one session in each sweep, and how the machine
    differs from session to session is in no interval: they are better or worse only where the whole
    interval lies beyond { $margins }.
change-lost = lost: { $why }
change-same = same
change-undecided = { $why ->
        [contended] others used the machine
        [once] measured once
       *[margin] the interval is not clear of { $margin }
    }
change-none-completed = none completed
change-completed = Completed runs
change-completed-of = { $done } of { $all }
change-quality = quality
change-quality-of-some = quality of some runs
change-protocols = its protocols differ ({ $differing })
change-protocol-of-some = its protocol differs from that of the others
change-epochs = it was last measured after other epochs ({ $epochs })
change-not-finite = not finite in any run
change-costs = times, energy and memory
change-timed-once = only one of the sweeps was timed apart from training (bench run does unless told)
change-not-measured = they were not measured in both
change-packed = unequally many runs trained side by side, and none was timed apart
change-machines = measured on different machines ({ $differing })
change-counted = { $what ->
        [train-flops-per-image] FLOPs per real { $sample }
        [generator-parameters] Generator parameters
       *[critic-parameters] Critic parameters
    }
change-label = { $new } (was { $old })
yes-no = { $answer ->
        [yes] yes
       *[no] no
    }
surroundings = { $column ->
        [device] device
        [gpu_name] GPU
        [cpu_model] processor
        [cpu_threads] logical cores
        [host] host
        [threads] threads per run
        [cpu_cores] physical cores
        [ram_bytes] memory
        [precision] precision
        [execution] execution
        [tf32] TF32
        [os] operating system
        [gpu_driver] GPU driver
        [cuda_version] CUDA
        [cudnn_version] cuDNN
        [python_version] Python
        [torch_version] torch
        [numpy_version] NumPy
        [bench_version] gan-bench
        [git_commit] commit
        [git_dirty] uncommitted changes
        [plugins] plug-ins
       *[data_hash] content of the data
    }

## Tables (tables/, published.py, data/protocol.py)

table-not-run = not run
table-yes = yes
table-no = no
table-time-of-runs = Time includes warm-up and excludes evaluation.
table-seconds-of-runs = Seconds include warm-up and exclude evaluation.
table-verdicts-title = Verdicts against the baseline, { $baseline }
table-verdicts-note = Each cell: whether the value is above (↑) or below (↓) the baseline’s, how
    many times the baseline’s it is (of { $of ->
        [counts] counts
       *[other] { $of }
    }: the difference), its interval, and the verdict.
    Intervals of one column hold for all configurations together at { $level } %. The baseline’s row
    has its own values.
table-summary-title = Cost and quality of each configuration
table-summary-note = Mean and { $level } % interval over completed seeds, as ± or in brackets; costs
    and distances on the log scale (geometric means), shares on that of the arc sine of the root.
table-summary-times = Times exclude warm-up and evaluation.
table-summary-speed-up = Speed-up: the baseline’s seconds for the same number of { real-samples },
    or of generator updates, divided by the configuration’s; paired by { $pairs ->
        [round] round
       *[seed] seed
    }, with t intervals of its logarithm that hold for all configurations together at { $level } %;
    above 1 is faster.
table-summary-energy-joules = Energy: of the whole GPU board, excluding warm-up and evaluation.
table-summary-cpu-energy-joules = CPU energy: of all the machine’s processors, excluding warm-up and
    evaluation.
table-summary-protocols = Quality was measured with { $count } protocols that cannot be compared;
    each has a table of its own.
table-summary-no-quality = Quality was not measured with network features.
table-against-title = Cost and quality relative to the baseline, { $baseline }
table-against-note = Each value is the configuration’s divided by the baseline’s; below 1 is cheaper
    (or, for a distance, better).
table-against-difference = { $metric }: the configuration’s minus the baseline’s.
table-against-costs = Costs: geometric means of the ratios, paired by { $pairs ->
        [round] round
       *[seed] seed
    }, with intervals that hold for all configurations together at { $level } %.
table-equal-title = Quality at equal cost against the baseline, { $baseline }
table-equal-note = Quality is compared at the largest cumulative training cost that all completed
    runs of both configurations reached, interpolated linearly between evaluations.
table-equal-difference = Difference: configuration minus baseline, paired by seed; { $direction ->
        [higher] above
       *[lower] below
    } 0 is better.
table-equal-absent = not measured, or one was first evaluated only after the other had ended.
table-equal-not-finite = Not finite at this cost for some seeds: values are of the others.
table-equal-matched = The widths of “{ $label }”, { $widths }, are those at which it trains at the
    FLOPs per image of “{ $reference }”: { $ratio } times as many.
table-quality-title = { $protocol ->
        [0] Quality of translations: { $metric }
       *[other] Quality by protocol { $protocol }: { $metric }
    }
table-floors-note = Identity mapping: the source as if it were the translation; mean target: the
    mean of the training targets, whatever the source. Neither learns anything, so a translation
    that does should be better than both.
table-held-out-control = held-out real images
table-held-out-title = { $protocol ->
        [0] Copies and coverage, beside held-out real images
       *[other] Copies and coverage by protocol { $protocol }, beside held-out real images
    }
table-held-out-note = Authenticity: the share of samples that are not nearer to their nearest
    training image than that is to any other; copies score 0. C_T: a z-score, below −3 where samples
    are nearer to the training images than held-out ones are, as copies are. Density and coverage
    compare as many generated as real images. These measures find copies in the features; they do
    not prove that there are none.
table-incomplete-title = Runs that did not complete
table-modes-title = Mode coverage
table-modes-note = At the last evaluation: mean ± standard error over completed seeds, and the
    { $level } % interval of the mean (Anderson 1969), which assumes nothing but that from none to
    all modes can be captured.
table-modes-of-mixtures = A sample is of high quality within three standard deviations of its
    nearest mode; a mode is captured by at least one such sample. Of samples from the data’s own
    distribution, 98.9 % are of high quality.
table-modes-of-digits = A mode is captured when at least one sample is classified as it.
table-modes-samples = Measured on { $counts } samples from fixed latents.
table-target-title = What it takes to reach { $target }
table-target-reached = { $reached } of { $of }
table-target-is = Target: { $target }.
table-target-note = To target: the cost at the first evaluation that meets it; not interpolated.
    Medians over the seeds by Kaplan and Meier (1958), in which a run that never meets it counts as
    not yet there at its last evaluation, and one that diverged as not there at the end.
table-target-above = Above (>): fewer than half of the seeds met it within this cost.
table-target-interval = In brackets: the 95 % interval of the median by the beta product of Fay,
    Brittain and Proschan (2013).
table-target-no-interval = Fewer than six seeds give no 95 % interval of a median.
table-target-test = p: log-rank test against the baseline by { $cost } (Mantel 1966), { $exact ->
        [yes] exact by all permutations
       *[no] asymptotic
    }, up to the largest cost that all runs of both were trained to; adjusted for all configurations
    (Holm 1979).
table-target-few-seeds = With so few seeds p cannot be below { $p } for one configuration, so
    nothing can be decided.
table-tuning-title = Trials before the runs
table-tuning-note = One trial each, with seed { $seeds }, which no run of this report has; the best
    final { $metric } was chosen. { $absent }: the trial has no final value.
published-title = Comparison with the published table, { $dataset }: { $share }
published-note = Mean ± standard error over the trials: ours, and those that Lin et al. (2018, arXiv
    1712.04086, Table 1) report for { $trials } trials after { $steps } steps.
published-difference = Difference: our mean minus the published one, in units of the standard error
    of that difference.
published-shorter = Some or all of these runs made fewer steps than the paper’s: the differences may
    be due to shorter training and neither confirm nor contradict the paper.
published-stacked-mnist = Published for Stacked MNIST (arXiv 1712.04086; VEEGAN’s networks, 26,000
    samples): DCGAN 78.9 modes, reverse KL 4.50; PacGAN2 1,000 modes, reverse KL 0.06. Networks,
    digits and classifier differ from those used here, so this is only for orientation.
published-steps-all = all of the paper’s { $whole } steps
published-steps-more = { $run } steps compared with the paper’s { $whole }
published-steps-part = { $run } of the paper’s { $whole } steps
published-trials-all = all of its { $whole } trials
published-trials-more = { $run } trials compared with its { $whole }
published-trials-part = { $run } of its { $whole } trials
published-departures = Not in the published set-up and so not compared with it: { $which }.
published-instead = { $field } { $own } instead of { $wanted }

## Headings of columns: their lines, with | between (tables/)

column-configuration = Configuration
column-final-epoch = Final | epoch
column-ceiling = ceiling: | real images
column-host-memory-added = Host memory | added
column-host-memory = Peak host | memory
column-gpu-memory = Peak GPU | memory allocated
column-final = Final | { $metric }{ $arrow }
column-final-verdict = Final | { $metric } | verdict
column-lowest = Lowest | { $metric }{ $arrow } | over epochs
column-averaged = Averaged | generator: | { $metric }{ $arrow }
column-precision = precision
column-recall = recall
column-generator-parameters = Generator | parameters
column-critic-parameters = Critic | parameters
column-generator-macs = Generator | MACs
column-critic-macs = Critic | MACs
column-train-flops-per-image = Training | FLOPs | per { real-sample }
column-flops-times-baseline = FLOPs per image | (× baseline)
column-at-equal = { $cost ->
        [training_flops] at equal FLOPs
       *[training_seconds] at equal time
    }
column-budget = Budget
column-of-baseline = Baseline’s | { $metric } | { $place }
column-difference = Difference
column-seed = Seed
column-seeds = Seeds
column-runs = Runs
column-status = Status
column-error = Error
column-pack = Pack
column-modes = Modes
column-modes-captured = Modes | captured ↑ | (± s.e.)
column-modes-interval = Modes | captured | ({ $level } % interval)
column-high-quality = High-quality | samples ↑ | (%, ± s.e.)
column-reverse-kl = Reverse | KL ↓ | (nats, ± s.e.)
column-trials = Trials
column-steps = Steps
column-published-as = Published | as
column-short-modes-captured = Modes ↑
column-short-high-quality-fraction = HQ ↑
column-short-reverse-kl = Reverse KL ↓
column-ours = ours
column-published = published
column-standard-errors-apart = difference | (s.e.)
column-per-update = Real { $samples } | per generator | update
column-time-per-epoch = Time | per epoch
column-speed-up-image = Speed-up | per 1,000 | { real-samples }
column-speed-up-update = Speed-up | per generator | update
column-verdict-on = Verdict | on final { $metric }
column-reached = Seeds that | reach it
column-to-target = { $cost } | to target
column-beside-baseline = Beside the | baseline
column-tried = Tried
column-chosen = Chosen
column-quality = Quality: { $metric }
column-speed = Speed: real | { $samples } per second ↑
column-training-flops = FLOPs of training | per { real-sample } ↓
column-memory = Memory: { $of }

## Parts of a report, and what runs are on (parts.py, contributions.py, data/facets.py)

part-failed = The { $kind } { $name } of a plug-in ({ $place }) is left out, since it failed with
    { $error }.
part-not-started = No run has been started here yet.
part-without-baseline = The baseline “{ $baseline }” is not among these configurations, so none is
    compared with it.
part-metric-not-measured = { $metric } was not measured here, so there are no verdicts on it.
part-baseline-not-completed = No run of the baseline “{ $baseline }” has completed here.

## Across facets (cover/)

across-part = Across the { $count } { facets }
across-title = All configurations across the { $count } { facets }
across-ratio = the configuration’s final value divided by that of the baseline, { $baseline }, on
    the same data.
across-verdicts = Within each column all verdicts and intervals hold together at 95 %; the columns
    are separate comparisons. Equivalent: within { $margins }.
across-means = Geometric means of the ratios (Fleming and Wallace 1986), with intervals by
    Satterthwaite (1946) from the seeds or rounds within these { facets }, which are fixed: they say
    nothing of others.
across-contended = Other processes used the machine during some epochs.
across-drifted = The machine’s speed drifted during some epochs.
across-not-started = no run has been started.
across-no-baseline = the grid has no run of the baseline here.
across-baseline-not-completed = no run of the baseline has completed.
across-no-protocol = quality was not measured by one protocol.
across-no-run = the grid has no run of { $labels } here.
across-no-mean = No mean of { $labels }: it needs a ratio in each of the { facets }.
across-metrics = Quality is measured by different metrics, of which there is no mean.
column-speed-up = speed-up
column-flops-per-image = FLOPs per | real image
column-verdict = verdict
column-geometric-mean = Geometric mean:
profiles-title = Performance profiles across the { facets }
profiles-cost = { $cost ->
        [quality] final quality
        [seconds] seconds per image
       *[target] seconds to target
    }
profiles-x = { $cost ->
        [quality] Final quality over the best (τ)
        [seconds] Seconds per image over the best (τ)
       *[target] Seconds to target over the best (τ)
    }
profiles-y = Share of { facets } (%)
profiles-caption = Share of the { $count } { facets } in which a configuration is within a factor τ
    of the best one there, by { $what } (means over the seeds; medians for targets): further left
    and higher is better. One without a value in one of them never reaches 100 %. Lines are slightly
    apart. Differences that the seeds do not show are drawn as well: the table says which are.
profiles-contended = Some times are upper bounds, as other processes used the machine.
profiles-drawn = Only { $drawn } of the { $of } configurations are drawn.

## Sample sheets (sheets.py)

sheets-part = { $shown } of the { $every } { $of }
sheets-shown = Shown: { $parts }.
sheets-translations = Translations of the same images after each epoch; not selected by hand.
sheets-samples = Samples from the same fixed latents after each epoch, of all configurations side by
    side; not selected by hand.

## Figures: axes, titles and captions (figures/)

axis-epoch = Epoch
axis-step = Training step
axis-step-short = step
axis-training-seconds = Training time
axis-training-flops = Training compute
axis-final = Final { $metric } ({ axis-unit }{ axis-better })
axis-quality = { $metric } ({ axis-unit }{ axis-better })
axis-unit = { $unit ->
        [percent] %,{ " " }
       *[none] { "" }
    }
axis-better = { $direction } is better
axis-conditional-accuracy = Conditional accuracy (%)
axis-modes = Modes captured
axis-seeds-reached = Seeds that have reached
axis-loss = Loss
axis-score = Critic score
figure-drawn = Curves, trajectories and samples show { $drawn } of the { $of } configurations (the
    first of the grid, and the baseline); the tables list all of them.
figure-bands = Lines: means over the seeds; bands: { $level } % intervals, as in the tables.
figure-pairs = Thin lines: the seeds, where there are two.
figure-two-seeds = Thick lines: means over the seeds; thin lines: the 2 seeds.
figure-neighbours = Each is averaged over { $neighbours } neighbouring evaluations, but for its ends.
figure-means = Lines: means over the seeds.
figure-crosses = A cross marks the end of a run that did not complete; the means exclude it.
figure-incomplete = Runs that did not complete are not drawn, and the means exclude them.
figure-floor = noise floor
figure-floor-below = The noise floor, { $floor }{ $extrapolated ->
        [yes] , extrapolated from fewer real images
       *[no] {""}
    }, is below the axis.
figure-floor-dotted = Dotted: the noise floor, { $floor }{ $extrapolated ->
        [yes] , extrapolated from fewer real images
       *[no] {""}
    }.
figure-bars = Bars: { $level } % t intervals over the seeds.
figure-front-named = Only the front and the baseline have names and bars.
figure-numbers = Numbers stand for { $key }.
figure-names = Names: { $keys }.
figure-variant = variant
figure-conditional-title = Conditional accuracy by epoch
figure-conditional-caption = Share of samples that the data set’s classifier assigns to the
    requested class, after each evaluated epoch.
figure-modes-title = Modes captured by step
figure-modes-caption = Number of modes of the data that the generated samples capture, at each
    evaluation.
figure-modes-dotted = Dotted: all { $counts } modes of the data.
figure-pareto-title-training-seconds = Final { $metric } against training time
figure-pareto-title-training-flops = Final { $metric } against training compute
figure-pareto-caption-training-seconds = Final { $metric } against training time of a whole run.
    Filled and connected: the Pareto front of the means; hollow: dominated on both axes.
figure-pareto-caption-training-flops = Final { $metric } against training compute of a whole run.
    Filled and connected: the Pareto front of the means; hollow: dominated on both axes.
figure-quality-none = Quality was not measured with network features, so there are no quality curves
    and no Pareto front.
figure-quality-no-time = Therefore nothing is drawn against time.
figure-quality-epoch-title = { $metric } by epoch
figure-quality-epoch-caption = { $metric } after each evaluated epoch.
figure-quality-averaged-title = { $metric } of the averaged generators by epoch
figure-quality-averaged-caption = { $metric } of the generators whose weights are averaged over
    training, after each evaluated epoch.
figure-quality-title-training-seconds = { $metric } by training time
figure-quality-title-training-flops = { $metric } by training compute
figure-quality-caption-training-seconds = { $metric } against cumulative training time.
figure-quality-caption-training-flops = { $metric } against cumulative training compute.
figure-samples-title = Generated samples
figure-samples-last-caption = Samples of the last epoch from the same fixed latents, from the first
    completed seed of each configuration; not selected by hand.
figure-samples-translations-caption = Translations of the last epoch, of the same images, from the
    first completed seed of each configuration; not selected by hand.
figure-samples-time-title = Generated samples through time
figure-samples-time-caption = Samples from the same fixed latents during training, from the first
    completed seed of each configuration; not selected by hand.
figure-samples-epoch-title = Generated samples by epoch
figure-samples-epoch-caption = The same first samples of the sheets, from the same fixed latents
    during training, from the first completed seed of each configuration; not selected by hand.
figure-samples-none = No completed run has a sample grid.
figure-samples-at-epoch = epoch { $epoch }
figure-samples-step = step { $step }
figure-samples-seed = seed { $seed }
figure-target-caption = Share of the seeds that have reached { $target }, by cost: one minus the
    estimate of Kaplan and Meier (1958). A cross marks seeds that had not reached it by their last
    evaluation.
figure-target-bands = Bands: 95 % intervals (Fay, Brittain and Proschan 2013).
figure-translation-title = { $measure } by epoch
figure-translation-ssim = Structural similarity of translations and their targets, after each
    evaluated epoch.
figure-translation-content-accuracy = Share of translations in which the classifier of the targets
    finds the class of the source, after each evaluated epoch.
figure-translation-cycle-error = Mean absolute difference between sources and what the way back
    makes of their translations, of pixels from 0 to 255, after each evaluated epoch.
figure-translation-dotted = Dotted: { $floors }.
steps-losses-title = Loss trajectories
steps-losses = Losses of critic and generator per training step.
steps-losses-with = Losses of critic and generator, with { $more }, per training step.
steps-missing = The steps of { $labels } are not in the results folder (steps.parquet), so their
    trajectories are left out.
steps-none = No steps have been recorded yet, so there are no trajectories.
steps-accuracy-title = Critic accuracy
steps-accuracy = Share of real and of generated samples that the critic recognises, by the threshold
    of its objective or, where that has none, by the midpoint of the two means of a batch; and share
    of pairs of which the real sample has the higher score; per training step.
steps-accuracy-none = No critic here has a threshold between real and fake, so there is no critic
    accuracy.
steps-scores-title = Critic scores
steps-scores = Mean raw output of the critic on real and on generated samples per training step.
steps-wasserstein = Mean score of real samples minus that of generated ones, which is the
    Wasserstein distance as far as the critic has slope 1, per training step.
steps-product-metric = L = ‖W‖²/n, W the difference of the mean vectors of real and generated
    samples, per training step.
steps-others = { $lines } per training step.
steps-lines = Lines: means over { $seeds ->
        [all] the seeds
       *[other] the first { $seeds } seeds
    }, averaged over neighbouring steps{ $around ->
        [bands] ; bands: { $level } % t intervals over the seeds
        [thin] ; thin: the seeds
       *[nothing] {""}
    }{ $dotted ->
        [yes] ; dotted: chance level
       *[no] {""}
    }.
steps-cut = Rare values beyond the axis are cut off.
steps-own-scale = Each panel has a scale of its own.
steps-signs = Dashed and shaded: since when there is the sign of failure that is written there.
steps-left-out = Configurations that do not report this are left out.
sign-critic-wins = critic wins
sign-generator-loss-runs-away = generator loss runs away
sign-collapse = collapse
sign-not-finite = not finite

## The page (templates/)

page-title = { $name } – gan-bench report
page-contents = Contents
page-recommendation = Recommendation
page-verdicts = Verdicts
page-findings = Findings
page-samples = Samples by epoch
page-tables = Tables
page-changes = What changed, and why it is cheaper
page-changes-short = What changed
page-figures = Figures
page-set-up = Set-up
page-reproduce = To reproduce
page-numbers = How to read the numbers
page-grid = Resolved grid
page-grid-in = The resolved grid is in { $file }.
page-data = Data: { $file }
page-notes = Notes on this table
page-all-columns = All { $count } columns
page-epoch = Epoch
page-seed = Seed
page-all-sheets = all, side by side
page-no-sheet = none
page-sheet-alt = Samples of { $label }, seed { $seed }, after epoch { $epoch }
page-method = Seeds are the unit of replication: the epochs of one run depend on each other, so
    every interval is over seeds. Intervals of means are Student’s (1908), on the log scale for
    costs and distances and on that of the arc sine of the root for shares; counts have Anderson’s
    (1969). Verdicts on quality are by Welch’s test (1947), corrected for few seeds; ratios of costs
    are paired. Verdicts, and intervals of ratios to the baseline, hold for all configurations
    together (Holm 1979, Šidák 1967); other intervals hold one by one. FLOPs count a multiplication
    and an addition as two operations. A dash means not measured, never zero.
page-method-short = Intervals are over seeds, on the scale of each measure. Verdicts, and intervals
    of ratios to the baseline, hold for all configurations together; other intervals hold one by
    one. FLOPs count a multiplication and an addition as two operations. A dash means not measured,
    never zero.
script-grid-order = order of the grid
script-ascending = { $title }, ascending
script-descending = { $title }, descending
script-sort-by = Sort by
script-play = Play
script-pause = Pause
script-epoch = epoch { $epoch }
script-which = seed { $seed }, epoch { $epoch }
script-alt = Samples of { $label }, seed { $seed }, epoch { $epoch }
script-no-samples = seed { $seed }, epoch { $epoch }: no samples
script-highlight = Highlights this configuration everywhere; click or press Enter to keep it.

## What changed, and why it is cheaper (explained.py, explained_text.py)

explained-no-baseline = The baseline cannot be built anew, so no change is explained: { $why }.
explained-not = “{ $label }” cannot be built anew and is not explained: { $why }.
explained-first = Explained are the first { $most } of { $of } configurations.
explained-not-started = no run of it has started
explained-revised = the variant { $variant } has been revised since
explained-no-classes = the number of classes is not known
explained-same = { $name } and { $other } are the same recipe.
explained-as-many = { $name } costs the same training FLOPs per real image as { $other }:
    { $flops }.
explained-flops = { $name } is { $kind ->
        [cheaper] cheaper
       *[dearer] more expensive
    }: { $factor } the training FLOPs per real image of { $other }.
explained-takes = { $updates ->
        [one] { $updates } critic update
       *[other] { $updates } critic updates
    } of { $images ->
        [one] { $images } image
       *[other] { $images } images
    }
explained-update-same = Per generator update, which takes { $takes } instead of { $against }, it
    costs the same.
explained-update = Per generator update, which takes { $takes } instead of { $against }, it is
    { $kind ->
        [cheaper] cheaper
       *[dearer] more expensive
    }: { $factor }.
explained-title = From { $other } to { $name }, one change at a time
explained-change = Change
explained-flops-per-real-image = FLOPs per real image
explained-flops-per-generator-update = FLOPs per generator update
explained-parameters = Parameters
explained-order = Each part is counted, and each layer named, as things are once the changes above
    are made; another order would give other parts. { $other } against { $name } has the same parts
    with the opposite signs.
explained-by-layer = Changed with the networks, and counted above by layer: { $changes }.
explained-without-effect = Changed without effect on FLOPs and parameters: { $changes }.
explained-with = with { $what }
explained-without = without { $what }
explained-and = and
explained-together = with
explained-of = { $what } of { $where }
explained-layer-at = a layer at { $size }
explained-layers = its { $layers ->
        [one] { $layers } layer
       *[other] { $layers } layers
    }
explained-step = the step

## Tables and macros for papers (paper/)

paper-scripts = names in other scripts need LuaLaTeX.
paper-fact = { $name }: { $text }.
paper-without = No run completed of { $names }.
paper-not-finite = Not finite at the last evaluation, and so in no mean: { $names }.
paper-complete = No run and no configuration was left out.
paper-macros-head = The numbers of the report of { $name }, a macro each: \input this file after siunitx.
paper-references = The publications of what the sweep used, as gan-bench and plug-ins declare them.
paper-macros-use = Names have letters only. Of an interval, …Low and …High are the ends and …HalfWidth
    is half its width; …Error is a standard error. What was not measured is --.
paper-siunitx = The numbers need version 3 of siunitx
