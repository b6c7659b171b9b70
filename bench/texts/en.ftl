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
       *[other] { $status }
    }

## Verdicts (verdict_text.py, judged.py, findings/words.py)

verdict = { $kind ->
        [better] better
        [worse] worse
        [equivalent] equivalent within { $margin }
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

## Findings: incomplete.py, drift.py

finding-incomplete = Started but not completed – { $runs }. These runs are counted here and
    excluded from all means.
finding-drift = The machine’s speed drifted: around { $drifted } of { $epochs } calibrated epochs a
    fixed convolution ran more than { $tolerance }% off its median speed ({ $speed } times
    it){ $seed ->
        [all] { "" }
       *[other] , most often in seed { $seed } ({ $most } of { $seeds })
    }.
