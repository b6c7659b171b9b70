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
        [completed] { $count ->
            [one] completada
           *[other] completadas
        }
        [diverged] { $count ->
            [one] divergente
           *[other] divergentes
        }
        [failed] { $count ->
            [one] fallida
           *[other] fallidas
        }
        [interrupted] { $count ->
            [one] interrumpida
           *[other] interrumpidas
        }
        [out_of_memory] sin memoria suficiente
        [timed_out] con el tiempo agotado
       *[other] { $name }
    }

## Veredictos (verdict_text.py, judged.py, findings/words.py)

verdict = { $kind ->
        [better] mejor
        [worse] peor
        [equivalent] equivalente con margen del { $margin }
        [untested] sin contraste
       *[undecided] indeciso
    }
verdict-kind = { $kind ->
        [better] mejor
        [worse] peor
        [equivalent] equivalente
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
        [one] hace falta { $count } semilla más, aproximadamente
       *[other] hacen falta unas { $count } semillas más
    }
verdict-needed-many = hacen falta más de { $most } semillas adicionales
verdict-effect = { $kind ->
        [ratio] razón { $effect }
       *[difference] diferencia { $effect }
    }
verdict-on-final = veredicto sobre su { $metric } final: { $verdict } ({ $detail })
verdict-cost = { $verdict ->
        [better] { $subject ->
            [speed] más rápida
            [memory] menor
           *[FLOPs] más barata
        }
        [worse] { $subject ->
            [speed] más lenta
            [memory] mayor
           *[FLOPs] más cara
        }
        [small-better] { $subject ->
            [speed] más rápida, pero por menos del { $margin }
            [memory] menor, pero por menos del { $margin }
           *[FLOPs] más barata, pero por menos del { $margin }
        }
        [small-worse] { $subject ->
            [speed] más lenta, pero por menos del { $margin }
            [memory] mayor, pero por menos del { $margin }
           *[FLOPs] más cara, pero por menos del { $margin }
        }
       *[equivalent] { $subject ->
            [speed] igual de rápida, con margen del { $margin }
            [memory] igual, con margen del { $margin }
           *[FLOPs] igual de barata, con margen del { $margin }
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

samples = { $samples ->
        [images] imágenes
        [points] puntos
       *[other] muestras
    }
real-samples = { $samples ->
        [images] imágenes reales
        [points] puntos reales
       *[other] muestras reales
    }
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
finding-learning = ¿Aprende? Según su { $metric } en la primera evaluación y en la última (medias de las
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
        [lost-score] medidas de la última evaluación no finitas
       *[not-finite] pérdidas no finitas, con las que termina una ejecución
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
        [untested] , sin contraste
       *[shown] { "" }
    }{ $ahead ->
        [shown] ; aventaja a la segunda, { $second }, por un factor de { $over }
        [not-shown] ; no está demostrado que aventaje a la segunda, { $second } (factor de { $over })
        [untested] ; sin contraste de si aventaja a la segunda, { $second } (factor de { $over })
        [apart] ; no comparada con la segunda, { $second }
       *[alone] { "" }
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
    }{ $ahead ->
        [shown] ; llega antes que la segunda, { $second } (contraste log-rank)
        [not-shown] ; no está demostrado que llegue antes que la segunda, { $second } (contraste
            log-rank)
        [untested] ; sin contraste de si llega antes que la segunda, { $second }
       *[alone] { "" }
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
    alcanzaron los tres), el crítico más estrecho ({ $critic }) cambió su { $metric } en { $by_critic } y
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
        [untested] { " " }– la diferencia no se contrasta: { $reason }
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

## Recomendación (recommendation.py)

recommend-nothing = Sin recomendación: { $why ->
        [one-seed] una sola semilla no demuestra ninguna diferencia.
       *[identical] todas las semillas dieron el mismo valor, lo que no demuestra ninguna diferencia.
    }
recommend-quality = Si lo que más importa es la calidad, use { $label }: { $words }.
recommend-also = También son mejores que la referencia: { $labels }.
recommend-baseline = Si lo que más importa es la calidad, quédese con la referencia { $baseline }: { $undecided ->
        [none] ninguna es mejor.
       *[other] no está demostrado que ninguna sea mejor. Indecisas: { $undecided }.
    }
recommend-cost = { $cost ->
        [time] el tiempo
        [memory] la memoria
       *[FLOPs] los FLOPs
    }
recommend-matter = { $last ->
        [FLOPs] son
       *[other] es
    }
recommend-use = Si lo que más importa { recommend-matter } { $costs }, use { $label }{ $words ->
        [known] { "" }
       *[other] : { $words }
    }.
recommend-no-saving = Si lo que más importa { recommend-matter } { $costs }, quédese con la referencia:
    { $lacking }.
recommend-cheaper = { $cost ->
        [time] más rápida
        [memory] más pequeña
       *[FLOPs] más barata
    }
recommend-lacking = { $name } ({ $savings }): { $verdict } ({ $detail })
recommend-none-cheaper = no está demostrado que ninguna sea { $kinds }
recommend-better = mejor que la referencia ({ $detail })
recommend-half = la mitad de los FLOPs
recommend-saving = { $cost ->
        [time] { $value } × la velocidad{ $interval }
        [memory] { $value } % de la memoria{ $interval }
       *[FLOPs] { $value } % de los FLOPs{ $interval }
    }
recommend-certainty = Los veredictos sobre la calidad son válidos en conjunto al { $level } %, con { $span } { $count ->
        [one] semilla
       *[other] semillas
    } en cada configuración{ $epochs ->
        [different] , aunque los valores finales son de épocas distintas
       *[same] { "" }
    }; los costes, por { real-sample }, { $costs ->
        [runs] son los de las ejecuciones
       *[timing] proceden de un cronometraje aparte del entrenamiento
    }{ $times ->
        [doubtful] , y los tiempos son dudosos (véanse las marcas de la tabla)
       *[sound] { "" }
    }.

## Notas al pie de tablas y figuras (notes.py)

note-one-seed = Una sola semilla: sin intervalo ni veredicto.
note-verdicts = Veredicto: sobre la calidad frente a la referencia, a partir de semillas no emparejadas.
    Los intervalos de la razón son válidos para todas las configuraciones en conjunto al { $level } %
    (Welch, Šidák). En el 95 % de los barridos no hay ningún «mejor» o «peor» equivocado (Holm, paso a
    paso, por lo que un veredicto puede ser más firme que su intervalo). «Equivalente»: todo el
    intervalo de la razón está dentro del { $margin } (el margen de la parrilla). «Indeciso»: con
    aproximadamente esas semillas más, en la configuración y en la referencia, se obtiene un veredicto
    con una potencia del 80 %, si las diferencias y dispersiones son las observadas.
note-looks = Se añaden semillas hasta tener un veredicto, con análisis a las { $counts } semillas. Cada
    configuración se compara en su último análisis, al nivel de este, y todos los análisis juntos
    cumplen lo prometido (Lan y DeMets).
note-lowest = Mínimo en las épocas: el menor valor de las evaluaciones de una ejecución, tanto más bajo
    cuantas más evaluaciones haya; no se usa en ninguna comparación.
note-averaged = Generador promediado: sus pesos, promediados durante el entrenamiento
    (generator_average), se evalúan junto a los del entrenado; no se usa en ninguna otra columna,
    comparación ni hallazgo.
note-final = Final: en la última evaluación, tras la época { $epoch }.
note-final-each = Final: en la última evaluación de cada ejecución, tras la época final que se indica.
note-not-finite = Valores no finitos en la última evaluación: { $runs }. Una ejecución así no tiene valor
    final; las medias y las comparaciones son de las demás semillas.
note-seeds-of = { $name } ({ $count ->
        [one] semilla
       *[other] semillas
    } { $listed })
note-left-out = Excluidas por no ser finitas en la última evaluación: { $runs }.
note-left-out-at-cost = Excluidas por no ser finitas a este coste: { $runs }.
note-evaluations-lost = Cruces rojas en el borde superior, que no entran en ninguna media: { $count } { $count ->
        [one] evaluación no finita
       *[other] evaluaciones no finitas
    }.
note-unbounded = No acotado: las semillas difieren tanto que el intervalo del denominador incluye el cero.
note-counting = { $sample ->
        [image] Una imagen real
        [point] Un punto real
       *[other] Una muestra real
    } cuenta una vez cada vez que se muestra al crítico dentro de su lote; una actualización del generador
    incluye las actualizaciones del crítico que la preceden.
note-epochs = Las épocas de las configuraciones difieren en sus { real-samples } o en sus actualizaciones
    del generador: no son una medida de coste.
note-packs = Paquetes que el crítico juzga por actualización, frente a los { $base } de la referencia:
    { $others }. Menos paquetes son menos decisiones por paso; el artículo de PacGAN compara con el mismo
    número de paquetes (la clave packs de una parrilla).
note-time = Tiempo: las { real-samples } por los segundos del cronometraje por { real-sample }.
note-machines = Los tiempos son de máquinas o ajustes distintos ({ $machines }): compárelos con cautela.
machine = { $column ->
        [device] dispositivo
        [gpu_name] GPU
        [cpu_model] CPU
        [host] equipo
        [torch_version] torch
        [cuda_version] CUDA
       *[threads] hilos
    }
machine-timed = { machine }: { $timed }, no { $others }
note-different-data = Las configuraciones se entrenaron con datos distintos.
note-timed-elsewhere = Las ejecuciones se entrenaron en una máquina distinta de la cronometrada
    ({ $machines }).
note-stacks = { runs } { $count ->
        [one] se entrenó
       *[other] se entrenaron
    } en conjunto, { $stacks ->
        [one] en una sola pila
        [equal] en pilas de { $least }
       *[several] en pilas de { $least } a { $most }
    }: comparten tiempo, memoria y energía, que por eso se omiten.
note-unstarted = { $count } sin ejecutar
note-completed = { $count } de { $planned } { $count ->
        [one] completada
       *[other] completadas
    }

## Cabecera del informe (heading.py)

heading-data = Conjunto de datos
heading-seeds = Semillas
heading-epochs = Épocas
heading-steps = Pasos
heading-per-run = { $steps } por ejecución
heading-batch = Tamaño de lote
heading-machine = Máquina
heading-software = Software
heading-code = Código
heading-plugins = Complementos
heading-measured = Fecha
heading-content = { $name } (contenido { $content })
heading-training = { $number } de entrenamiento
heading-channels = canales: { $number }
heading-cores = { $number } núcleos
heading-threads = hilos por ejecución: { $number }
heading-no-gpu = sin GPU
heading-commit = commit { $commits }{ $changes ->
        [some] , con cambios sin confirmar
       *[none] { "" }
    }
heading-incomplete = { $completed } de { runs } { $count ->
        [one] completada
       *[other] completadas
    } ({ $parts }){ $state ->
        [preliminary] : este informe es provisional.
       *[over] .
    }
heading-apart = { $count } { $count ->
        [one] ejecución más de la carpeta, de una parrilla o una revisión de variante anterior, no
            figura
       *[other] ejecuciones más de la carpeta, de una parrilla o una revisión de variante anterior, no
            figuran
    } en ninguna tabla ni figura.
heading-machines = Las ejecuciones se midieron en máquinas o con ajustes distintos ({ $machines }):
    compare sus tiempos con cautela.
heading-changed = { $files } cambió entre ejecuciones: las de una misma configuración pueden haberse
    entrenado con código distinto.

## Condiciones de los tiempos (conditions.py)

conditions-contended = Otros procesos usaron la máquina durante algunas épocas: estos tiempos son cotas
    superiores.
conditions-unknown = No se sabe si otros procesos usaron la máquina en algunas épocas{ $labels ->
        [all] { "" }
       *[other] { " " }de { $labels }
    }: duraron menos de medio segundo o no se registró.
conditions-timing = El tiempo, la energía y la memoria se midieron antes del entrenamiento, configuración
    por configuración, en { $rounds } rondas intercaladas (timing.parquet): los intervalos son sobre las
    rondas y las razones, emparejadas por ronda. La ronda más lenta de todas las configuraciones tardó
    un { $slower } % más que la más rápida{ $contended ->
        [none] { "" }
       *[other] ; otros programas o máquinas ocuparon el procesador en { $contended } de { $count } { $count ->
            [one] turno
           *[other] turnos
        }, que no cuentan donde quedan otros cinco
    }.
conditions-contended-turns = Otros usaron la máquina en al menos una quinta parte de estos turnos: los
    tiempos son cotas superiores.
conditions-untimed = No se pudo cronometrar { $name } ({ $error }).
conditions-packed = Hasta { $most } ejecuciones se entrenaron a la vez: sus propios tiempos, en
    epochs.parquet, no se usan.
conditions-not-timed = Sin cronometrar aparte del entrenamiento: { $labels }. Los tiempos de sus
    ejecuciones no los sustituyen, porque varias se entrenaron a la vez.
conditions-drifted-of = { $label }: { $some } de { $all }
conditions-drifted = La velocidad de la máquina varió: en torno a algunas épocas calibradas, una
    convolución fija fue más de un { $tolerance } % más rápida o más lenta que su mediana en este barrido
    ({ $shares }). Los tiempos de esas épocas no se pueden comparar con los de otras.

## Facetas y barridos reunidos (data/facets.py, data/merged.py)

facets = { $facets ->
        [data-sets] conjuntos de datos
        [image-sizes] tamaños de imagen
        [machines] máquinas
       *[facets] facetas
    }
facet-channels = { $count ->
        [1] gris
       *[other] { $count } canales
    }
facet-classes = { $classes ->
        [all] todas las clases
       *[other] clases { $classes }
    }
merged = Este informe reúne { $paths }; su orden y su parrilla son las de { $first }.
merged-twice = { runs } { $count ->
        [one] está
       *[other] están
    } en varias de estas carpetas: cada una cuenta una vez, tal como terminó en la primera que la tiene.
merged-baselines = Las referencias de estos barridos difieren: todas las configuraciones se comparan con
    { $baseline }, allí donde se ejecutó.
merged-margins = Sus márgenes de equivalencia difieren: se usa el menor.
merged-targets = Sus objetivos difieren: se usa el de { $first }.

## Cómo se mide la calidad y qué se compara (data/protocol.py, outcome.py, target.py)

protocol-of-targets = de los objetivos
protocol-over = con características { $features ->
        [classifier] del clasificador
       *[other] de { $features }
    }
protocol-floor = lo que puntúan otras tantas imágenes reales{ $how ->
        [extrapolated] , extrapolado a partir de menos
       *[measured] { "" }
    }
protocol = { $metric } { $means }{ $weights }{ $samples ->
        [unknown] { "" }
       *[other] , { $samples } muestras generadas
    }{ $reference ->
        [training] { " " }frente a las { $images } imágenes reales de entrenamiento
        [held-out] { " " }frente a las { $images } imágenes reales reservadas
       *[none] { "" }
    }{ $hash ->
        [none] { "" }
       *[other] { " " }(referencia { $hash })
    }{ $floor ->
        [none] .
        [unknown] ; suelo de ruido no medido{ $halves ->
            [unknown] .
           *[other] { " " }(una mitad de las imágenes reales está a { $halves } de la otra, pero una
                distancia depende del número de imágenes).
        }
       *[other] ; suelo de ruido ({ $origin }) { $floor }.
    }
outcome-modes = número de modas captadas
target-unusable = El objetivo es lo que alcanza la referencia, y { $why ->
        [no-baseline] no hay referencia.
        [no-measure] no hay una única medida que la juzgue.
        [not-completed] ninguna de sus ejecuciones se ha completado.
       *[nothing] la mitad de sus semillas no llegó a nada.
    }
target-of = El objetivo está dado en { $name }, { $why ->
        [plug-in] que declara un complemento que no está cargado.
        [protocols] que se midió con { $count } protocolos que no se pueden comparar.
       *[not-measured] que no ha medido ninguna ejecución.
    }
floor-identity = identidad
floor-mean_target = objetivo medio

## En todas las facetas (cover/findings.py)

cover-quality = En el conjunto de { $facets ->
        [data-sets] los { $count } conjuntos de datos
        [image-sizes] los { $count } tamaños de imagen
        [machines] las { $count } máquinas
       *[facets] las { $count } facetas
    }, { $best ->
        [other] { $label } tiene el menor valor de { $metric } respecto a la referencia { $baseline }:
            { $times } veces, en media geométrica
       *[baseline] ninguna configuración tiene un valor de { $metric } menor que la referencia
            { $baseline } en media geométrica; la más cercana es { $label }, con { $times } veces
    }{ $gain ->
        [doubtful] , con un intervalo que incluye no ganar nada
        [untested] , sin contraste
       *[shown] { "" }
    }{ $verdicts ->
        [none] { "" }
       *[other] : { $verdicts }
    }{ $ahead ->
        [shown] ; aventaja a la segunda, { $second }, por un factor de { $over }
        [not-shown] ; no está demostrado que aventaje a la segunda, { $second } (factor de { $over })
        [untested] ; sin contraste de si aventaja a la segunda, { $second } (factor de { $over })
        [apart] ; no comparada con la segunda, { $second }
       *[alone] { "" }
    }.
cover-verdict = { $labels }: { $verdict ->
        [better] mejor
        [worse] peor
       *[equivalent] equivalente
    }
cover-opposite = { $label } es { $verdicts }
cover-disagree = { $facets ->
        [data-sets] Los conjuntos de datos no coinciden
        [image-sizes] Los tamaños de imagen no coinciden
        [machines] Las máquinas no coinciden
       *[facets] Las facetas no coinciden
    }: { $parts }.
cover-agree = Lo mismo en { $facets ->
        [data-sets] los { $count } conjuntos de datos
        [image-sizes] los { $count } tamaños de imagen
        [machines] las { $count } máquinas
       *[facets] las { $count } facetas
    }: { $parts }.
cover-fastest = { $label } es la configuración que entrena más rápido por imagen real en el conjunto de
    { $facets ->
        [data-sets] los conjuntos de datos
        [image-sizes] los tamaños de imagen
        [machines] las máquinas
       *[facets] las facetas
    }: { $times } veces la velocidad de la referencia, en media geométrica ({ $each }){ $gain ->
        [doubtful] , con un intervalo que incluye no ganar nada
        [untested] , sin contraste
       *[shown] { "" }
    }{ $ahead ->
        [shown] ; aventaja a la segunda, { $second }, por un factor de { $over }
        [not-shown] ; no está demostrado que aventaje a la segunda, { $second } (factor de { $over })
        [untested] ; sin contraste de si aventaja a la segunda, { $second } (factor de { $over })
        [apart] ; no comparada con la segunda, { $second }
       *[alone] { "" }
    }.

## Qué cambió entre barridos, bench compare (change/)

change-heading = { $new } frente a { $old }
change-surroundings = Los entornos difieren:
change-kind = { $count } { $kind ->
        [lost] { $count ->
            [one] perdida
           *[other] perdidas
        }
        [worse] { $count ->
            [one] peor
           *[other] peores
        }
        [better] { $count ->
            [one] mejor
           *[other] mejores
        }
        [undecided] { $count ->
            [one] indecisa
           *[other] indecisas
        }
        [equivalent] { $count ->
            [one] equivalente
           *[other] equivalentes
        }
        [small] { $count ->
            [one] distinta por menos del margen
           *[other] distintas por menos del margen
        }
       *[same] { $count ->
            [one] igual
           *[other] iguales
        }
    }
change-summary = { $count } { $count ->
        [one] configuración
       *[other] configuraciones
    } en ambos{ $kinds ->
        [none] , sin mediciones.
       *[other] ; medidas: { $kinds }.
    }
change-first = Qué cambió
change-others = Todo lo demás
change-configuration = Configuración
change-measure = Medida
change-old = antes
change-new = después
change-change = Cambio (95 %)
change-verdict = Veredicto
change-revised = { $label } es de otra revisión: { $old } en { $before }, { $new } en { $after }.
change-grown = { $name } añadió semillas hasta tener sus veredictos: aquí cuentan { $count ->
        [one] solo la primera
       *[other] las { $count } primeras
    }, porque de ellas depende qué otras hay.
change-apart = No se compara: { $what }{ $labels ->
        [all] { "" }
       *[other] { " " }de { $labels }
    }: { $reason }.
change-only = Solo en { $name }: { $labels }.
change-note = Cambio: la media nueva dividida por la antigua (×) o menos esta (+, −). De cada medida, todos los
    intervalos y veredictos son válidos en conjunto al 95 % (Welch, Šidák); cada medida es una
    comparación aparte. Equivalente: todo el intervalo está dentro del { $margins }. Igual: los mismos
    valores, semilla por semilla.
change-note-costs = El tiempo, la energía y la memoria son de una sola sesión en cada barrido, y ningún
    intervalo recoge cuánto cambia la máquina de una sesión a otra: solo son mejores o peores si todo el
    intervalo queda más allá del { $margins }.
change-lost = perdida: { $why }
change-same = igual
change-undecided = { $why ->
        [contended] otros usaron la máquina
        [once] medida una sola vez
       *[margin] el intervalo no se aparta del { $margin }
    }
change-none-completed = no se completó ninguna
change-completed = Ejecuciones completadas
change-completed-of = { $done } de { $all }
change-quality = la calidad
change-quality-of-some = la calidad de algunas ejecuciones
change-protocols = sus protocolos difieren ({ $differing })
change-protocol-of-some = su protocolo difiere del de las demás
change-epochs = la última medición fue tras épocas distintas ({ $epochs })
change-not-finite = no finita en ninguna ejecución
change-costs = el tiempo, la energía y la memoria
change-timed-once = solo uno de los barridos se cronometró aparte del entrenamiento (bench run lo hace
    salvo que se le diga lo contrario)
change-not-measured = no se midieron en ambos
change-packed = no se entrenaron a la vez tantas ejecuciones en uno como en otro, y ninguno se cronometró
    aparte
change-machines = medidos en máquinas distintas ({ $differing })
change-counted = { $what ->
        [train-flops-per-image] FLOPs por { real-sample }
        [generator-parameters] Parámetros del generador
       *[critic-parameters] Parámetros del crítico
    }
change-label = { $new } (antes { $old })
yes-no = { $answer ->
        [yes] sí
       *[no] no
    }
surroundings = { $column ->
        [device] dispositivo
        [gpu_name] GPU
        [cpu_model] procesador
        [cpu_threads] núcleos lógicos
        [host] equipo
        [threads] hilos por ejecución
        [cpu_cores] núcleos físicos
        [ram_bytes] memoria
        [precision] precisión
        [execution] ejecución
        [tf32] TF32
        [os] sistema operativo
        [gpu_driver] controlador de la GPU
        [cuda_version] CUDA
        [cudnn_version] cuDNN
        [python_version] Python
        [torch_version] torch
        [numpy_version] NumPy
        [bench_version] gan-bench
        [git_commit] commit
        [git_dirty] cambios sin confirmar
        [plugins] complementos
       *[data_hash] contenido de los datos
    }
