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

## Muestras, como las llama cada tarea (data/units.py)

real-sample = { $sample ->
        [image] imagen real
        [point] punto real
       *[other] muestra real
    }

## Análisis intermedios de un barrido que añade semillas (course.py)

course-verdict = { $name }: { $verdict }
course-undecided = sin veredicto: { $labels }
course-look = Análisis { $number }, con { seeds }: { $found }.
course-over = No se añaden semillas: { $why ->
        [at-most] se ha llegado al máximo pedido, { $most }. Pendientes: { $labels }.
        [hopeless] más semillas no decidirían { $labels }, cuyas ejecuciones no tienen valor.
       *[decided] todas las configuraciones tienen veredicto.
    }
course-due = { $count ->
        [one] Falta { runs }
       *[other] Faltan { runs }
    } para el próximo análisis.

## Objetivos (target_text.py)

target-origin = la mediana de lo que alcanzan las semillas de la referencia{ $origin ->
        [preliminary] , que aún no han terminado todas
       *[fixed] { "" }
    }
target-cost = { $cost ->
        [training-flops] Cómputo de entrenamiento
        [samples-seen] { $samples ->
            [images] Imágenes reales
            [points] Puntos reales
           *[other] Muestras reales
        }
        [joules] Energía
       *[training-seconds] Tiempo
    }

## Hallazgos (findings/)

finding-published = En comparación con la tabla publicada, tras el mismo número de pasos – { $parts }.
finding-published-part = { $near } de { $count } { $count ->
        [one] media
       *[other] medias
    } en { $dataset } están a menos de dos errores estándar{ $outside ->
        [none] { "" }
       *[other] ; fuera: { $outside }
    }
finding-packing = Modas captadas con empaquetado, en comparación con { $single } sin él ({ $base }{ $modes ->
        [unknown] { "" }
       *[other] { " " }de { $modes }
    }{ $steps ->
        [unknown] { "" }
       *[other] { " " }tras { $steps } pasos
    }), con veredictos válidos en conjunto al { $level } % – { $groups }.
finding-packing-heading = { $kind ->
        [better] más
       *[worse] menos
    }
finding-packing-judges = { $name } juzga { $packs }
finding-packing-unequal = También difieren los paquetes por actualización: { $counts }, y { $name },
    { $packs }; por tanto, el efecto no se debe solo al empaquetado.
finding-learning = ¿Aprende? Según { $metric } en la primera evaluación y en la última (medias de las
    semillas) – { $parts }.
finding-learning-progress = { $progress ->
        [learned] sí
        [not-yet] todavía no
       *[collapsed] ha colapsado
    }
finding-losses = ¿Qué hacen las pérdidas? En la segunda mitad del entrenamiento – { $parts }.
finding-losses-both = { $behaviour ->
        [stable] ambas son estables
        [oscillating] ambas oscilan
        [growing] ambas crecen
       *[falling] ambas bajan
    }
finding-losses-critic = { $behaviour ->
        [stable] la del crítico es estable
        [oscillating] la del crítico oscila
        [growing] la del crítico crece
       *[falling] la del crítico baja
    }
finding-losses-generator = { $behaviour ->
        [stable] la del generador es estable
        [oscillating] la del generador oscila
        [growing] la del generador crece
       *[falling] la del generador baja
    }
finding-sign = Señal de fallo: { $kind ->
        [critic-wins] el crítico reconoce al menos el { $share } % de las muestras reales y de las
            generadas, así que el generador apenas aprende de él
        [generator-loss-runs-away] la pérdida del generador termina por encima de { $times } veces la
            del segundo cuarto del entrenamiento
        [collapse] { $measure ->
            [recall] la exhaustividad (recall)
            [coverage] la cobertura
            [modes-captured] el número de modas captadas
           *[other] { $name }
        } cayó por debajo de la mitad de lo que había sido, como cuando el generador colapsa en unas
            pocas muestras
       *[not-finite] valores no finitos
    }: { $whose }.
finding-sign-of = { $name } ({ $some } de { seeds }{ $step ->
        [unknown] { "" }
       *[other] , desde el paso { $step } aproximadamente
    })
finding-fastest = { $label } es la configuración que entrena más rápido por { real-sample }: { $times }
    veces la velocidad de la referencia { $baseline }{ $update ->
        [alike] { "" }
       *[other] , y { $update } veces por actualización del generador
    } ({ $unit ->
        [seeds] { seeds }
       *[rounds] { rounds }
    }){ $gain ->
        [doubtful] , con un intervalo que incluye no ganar nada
       *[shown] { "" }
    }{ $ahead ->
        [shown] ; aventaja a la segunda, { $second }, por un factor de { $over }
        [not-shown] ; no está demostrado que aventaje a la segunda, { $second } (factor de { $over })
       *[untested] { "" }
    }{ $doubt ->
        [contended] , aunque otros procesos usaron la máquina { finding-timed }
        [drifted] , aunque la velocidad de la máquina varió { finding-timed }
        [contended-drifted] , aunque otros procesos usaron la máquina y su velocidad varió
            { finding-timed }
       *[none] { "" }
    }{ $verdict ->
        [none] { "" }
       *[other] ; { $verdict }
    }.
finding-timed = { $unit ->
        [seeds] durante algunas épocas
       *[rounds] durante el cronometraje
    }
finding-none-faster = Ninguna configuración entrena más rápido por { real-sample } que la referencia
    { $baseline }; la más cercana es { $label }, con { $times } veces su velocidad{ $update ->
        [alike] { "" }
       *[other] , y { $update } veces por actualización del generador
    }.
finding-target = { $label } es la que menos necesita para alcanzar { $target }: { $cost } de
    mediana{ $base ->
        [none] { "" }
       *[other] ; la referencia, { $base }
    }.
finding-target-unreached = Ninguna configuración alcanza { $target } en la mitad de sus semillas.
finding-target-beyond = más de { $cost }
finding-target-seeds = { $some } de { seeds } de { $name }
finding-target-shares = { $partly ->
        [none] Lo alcanzan todas las semillas.
       *[other] Lo alcanzan { $partly }.
    }
finding-target-tests = Frente a la referencia – { $parts } (contraste log-rank, Holm).
finding-target-verdict = { $verdict ->
        [sooner] antes
        [later] más tarde
       *[undecided] indeciso
    }
finding-floors = Traducciones frente a la identidad y al objetivo medio, que no aprenden nada –
    { $parts }.
finding-floors-verdict = { $verdict ->
        [better] mejor que ambos con { seeds }
        [worse] peor que uno de los dos con { seeds }
        [seems-better] mejor que ambos con { seeds }, sin intervalo
        [seems-no-better] no mejor que ambos con { seeds }, sin intervalo
       *[undecided] sin demostrar que sea mejor que ambos con { seeds }
    }
finding-quality = En comparación con la referencia, cuyo valor final de { $metric } es { $base }
    ({ seeds }), con veredictos válidos en conjunto al { $level } % – { $parts }.
finding-shrinking = Con los mismos FLOPs de entrenamiento ({ $budget }, el mayor presupuesto que
    alcanzaron los tres), el crítico más estrecho ({ $critic }) cambió { $metric } en { $by_critic } y
    el generador más estrecho ({ $generator }), en { $by_generator }, respecto a la
    referencia: { $verdict ->
        [critic-lost] estrechar el crítico costó más calidad que estrechar el generador
        [generator-lost] estrechar el generador costó más calidad que estrechar el crítico
        [critic-gained] ninguno perdió calidad, y estrechar el crítico ganó más
        [generator-gained] ninguno perdió calidad, y estrechar el generador ganó más
       *[undecided] ninguna diferencia significativa entre ambos con { seeds }
    }{ $count ->
        [1] { " " }(una sola semilla: sin intervalo)
       *[other] { "" }
    }.
finding-front = En el frente de Pareto de { $metric } final frente a FLOPs de entrenamiento, según las
    medias{ $seeds ->
        [one] { " " }y con una sola semilla
       *[several] { "" }
    }: { $on }; { $off ->
        [none] ninguna está dominada
       *[other] dominadas: { $off }
    }.
finding-front-chance = Entre paréntesis, la probabilidad de estar en él, por bootstrap sobre las
    semillas.
finding-equal-compute = Calidad a igual cómputo: tras { $budget } de entrenamiento, el mayor
    presupuesto que alcanzaron todas, { $first } tiene el menor valor de { $metric }, { $own }, seguida
    de { $second }, { $other }{ $ahead ->
        [better] { " " }– la diferencia es significativa (razón { $effect })
        [untested] { "" }
       *[undecided] { " " }– ninguna diferencia significativa con { seeds }
    }.
finding-conditional = Muestras que el clasificador del conjunto de datos asigna a la clase pedida:
    { $shares }{ $range ->
        [none] { "" }
       *[other] ; { $range }
    }.
finding-conditional-range = { $known ->
        [both] las imágenes reales llegan al { $ceiling } % (el techo) y generar siempre una misma clase,
            al { $floor } % (el suelo)
        [ceiling] las imágenes reales llegan al { $ceiling } % (el techo)
        [floor] generar siempre una misma clase llega al { $floor } % (el suelo)
       *[none] techo y suelo desconocidos
    }
finding-conditional-low = No está demostrado que superen el suelo: { $labels }.
finding-floor = El valor final de { $metric } de la referencia, { $quality }, es { $times } veces el
    suelo de ruido, { $floor } ({ $origin }): { $room ->
        [little] tan cerca del suelo, la medida apenas puede mostrar una mejora.
       *[enough] la medida tiene margen para mostrar una mejora.
    }
finding-drift = La velocidad de la máquina varió: en torno a { $drifted } de { $epochs } épocas
    calibradas, una convolución fija se desvió más del { $tolerance } % de su velocidad mediana
    (fue { $speed } veces esta){ $seed ->
        [all] { "" }
       *[other] , sobre todo en la semilla { $seed } ({ $most } de { $seeds })
    }.
finding-incomplete = Empezadas y sin completar – { $runs }. Estas ejecuciones se cuentan aquí y
    quedan fuera de todas las medias.
