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
    }), verdicts that hold together at { $level }% – { $groups }.
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
        [critic-wins] the critic recognises { $share }% of real and of generated samples and more, so
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
    that hold together at { $level }% – { $parts }.
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
    that all reached, { $first } has the lowest { $metric }, { $own }, followed by { $second },
    { $other }{ $ahead ->
        [better] { " " }– the difference is significant (ratio { $effect })
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
    fixed convolution ran more than { $tolerance }% off its median speed ({ $speed } times
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
recommend-certainty = Verdicts on quality hold together at { $level }%, from { $span } { $count ->
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
    the ratio hold for all configurations together at { $level }% (Welch, Šidák). In 95 % of sweeps no
    “better” or “worse” is wrong (Holm, step by step, so a verdict can be firmer than its interval).
    “Equivalent”: the whole interval of the ratio is within { $margin } (margin in the grid).
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
    paired by round. The slowest round of all configurations took { $slower }% longer than the
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
    more than { $tolerance }% faster or slower than its median in this sweep ({ $shares }). Their times
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
        [other] { $label } has the lowest { $metric } relative to the baseline { $baseline }: { $times }
            times, in the geometric mean
       *[baseline] no configuration has a lower { $metric } than the baseline { $baseline } in the
            geometric mean; the nearest is { $label } at { $times } times
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
