### Español. Se escribe como en un laboratorio: frases cortas, voz activa, sin calcos del inglés.
###
### Glosario (un término, siempre el mismo):
###   baseline            configuración de referencia, «la referencia»
###   (better, worse …)   mejor, peor, equivalente, indeciso, sin contraste (del veredicto)
###   batch               lote
###   bootstrap           bootstrap
###   (to) collapse       colapsar, colapso
###   compute             cómputo
###   configuration       configuración
###   costs               costes
###   critic              crítico
###   data set            conjunto de datos
###   epoch               época
###   facet               cada conjunto de datos o máquina que se compara por separado
###   feature             característica
###   (to) drift          variar (la velocidad de la máquina)
###   generator           generador
###   grid                parrilla (de configuraciones)
###   interval            intervalo (de confianza)
###   label               nombre (de una configuración)
###   latent              espacio latente
###   learning rate       tasa de aprendizaje
###   look (sequential)   análisis intermedio
###   loss                pérdida
###   margin              margen
###   mean                media
###   measure, metric     medida, métrica
###   mode                moda
###   noise floor         suelo de ruido
###   packing             empaquetado
###   Pareto front        frente de Pareto
###   plug-in             complemento
###   quality             calidad
###   ratio               razón
###   real, fake          real, generado
###   report              informe
###   revision            revisión
###   run                 ejecución
###   sample              muestra
###   seed                semilla
###   speed-up            aceleración
###   step, update        paso, actualización
###   sweep               barrido
###   target              objetivo
###   test                contraste
###   time                tiempo
###   timing              cronometraje
###   training            entrenamiento
###   variant             variante
###   verdict             veredicto
###   width               anchura
###
### Números: punto decimal, que la RAE admite, para que las cifras sean las de las tablas CSV; espacio
### fino entre millares desde cinco cifras. Tanto por ciento con espacio: 95 %. Nombres entre «».

## Números, listas, nombres (text.py)

thousands-separator = { "\u202F" }
thousands-from-digits = 5
listing = { $most } y { $last }
alternatives = { $most } o { $last }
range = { $low } a { $high }
not-finite = no finito
unbounded = no acotado
quoted = «{ $name }»
seeds = { $count } { $count ->
        [one] semilla
       *[other] semillas
    }
rounds = { $count } { $count ->
        [one] ronda
       *[other] rondas
    }
runs = { $count } { $count ->
        [one] ejecución
       *[other] ejecuciones
    }
status = { $status ->
        [completed] completada
        [diverged] divergió
        [failed] falló
        [interrupted] interrumpida
        [out_of_memory] sin memoria suficiente
        [timed_out] agotó el tiempo
       *[other] { $status }
    }

## Veredictos (verdict_text.py, judged.py, findings/words.py)

verdict = { $kind ->
        [better] mejor
        [worse] peor
        [equivalent] equivalente con margen del { $margin }
        [untested] sin contraste
       *[undecided] indeciso
    }
verdict-small = { $kind ->
        [better] mejor, pero por menos del { $margin }
       *[worse] peor, pero por menos del { $margin }
    }
verdict-reason = { $reason ->
        [no-value] sin valor
        [one-seed] una sola semilla
       *[identical-seeds] semillas idénticas
    }
verdict-needed = { $count ->
        [one] hace falta aproximadamente { $count } semilla más
       *[other] hacen falta aproximadamente { $count } semillas más
    }
verdict-needed-many = hacen falta más de { $most } semillas adicionales
verdict-effect = { $kind ->
        [ratio] razón { $effect }
       *[difference] diferencia { $effect }
    }
verdict-on-final = veredicto sobre su { $metric } final: { $verdict } ({ $detail })
verdict-cost = { $verdict ->
        [better] { $subject ->
            [speed] más rápido
            [memory] menor
           *[FLOPs] más barato
        }
        [worse] { $subject ->
            [speed] más lento
            [memory] mayor
           *[FLOPs] más caro
        }
        [small-better] { $subject ->
            [speed] más rápido, pero por menos del { $margin }
            [memory] menor, pero por menos del { $margin }
           *[FLOPs] más barato, pero por menos del { $margin }
        }
        [small-worse] { $subject ->
            [speed] más lento, pero por menos del { $margin }
            [memory] mayor, pero por menos del { $margin }
           *[FLOPs] más caro, pero por menos del { $margin }
        }
       *[equivalent] { $subject ->
            [speed] igual de rápido, con margen del { $margin }
            [memory] igual, con margen del { $margin }
           *[FLOPs] igual de barato, con margen del { $margin }
        }
    }
verdict-cost-same = igual
verdict-cost-detail = { $reason ->
        [one-measurement] una sola medición
        [spread] la dispersión es demasiado grande
       *[includes-none] el intervalo incluye la igualdad
    }

## Tablas (table.py)

table-baseline = { $name } (referencia)

## Hallazgos: incomplete.py, drift.py

finding-incomplete = Empezadas y sin completar – { $runs }. Estas ejecuciones se cuentan aquí y
    quedan fuera de todas las medias.
finding-drift = La velocidad de la máquina varió: en torno a { $drifted } de { $epochs } épocas
    calibradas, una convolución fija se desvió más del { $tolerance } % de su velocidad mediana
    (fue { $speed } veces esta){ $seed ->
        [all] { "" }
       *[other] , sobre todo en la semilla { $seed } ({ $most } de { $seeds })
    }.
