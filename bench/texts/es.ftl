### Español. Se escribe como en un laboratorio: frases cortas, voz activa, sin calcos del inglés.
###
### Glosario (un término, siempre el mismo):
###   baseline            configuración de referencia, «la referencia»
###   accuracy            exactitud (la precisión es otra medida: precision)
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
###   held out            reservado
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
###   noise floor         suelo de ruido (y techo, ceiling)
###   packing             empaquetado
###   Pareto front        frente de Pareto
###   plug-in             complemento
###   quality             calidad
###   ratio               razón
###   real, fake          real, generado
###   recall              exhaustividad
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
    presupuesto que alcanzaron todas, { $first } tiene el { $direction ->
        [higher] mayor
       *[lower] menor
    } valor de { $metric }, { $own }, seguida de { $second }, { $other }{ $ahead ->
        [better] { " " }– la diferencia es significativa ({ $kind ->
            [difference] diferencia
           *[ratio] razón
        } { $effect })
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
    Los intervalos de la { $kind ->
        [difference] diferencia
       *[ratio] razón
    } son válidos para todas las configuraciones en conjunto al { $level } %
    (Welch, Šidák). En el 95 % de los barridos no hay ningún «mejor» o «peor» equivocado (Holm, paso a
    paso, por lo que un veredicto puede ser más firme que su intervalo). «Equivalente»: todo el
    intervalo de la { $kind ->
        [difference] diferencia está dentro del { $margin } del valor de la referencia
       *[ratio] razón está dentro del { $margin }
    } (el margen de la parrilla). «Indeciso»: con
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
        [other] { $label } tiene el { $direction ->
            [higher] mayor
           *[lower] menor
        } valor de { $metric } respecto a la referencia { $baseline }: { $times } veces, en media
            geométrica
       *[baseline] ninguna configuración tiene un valor de { $metric } { $direction ->
            [higher] mayor
           *[lower] menor
        } que la referencia { $baseline } en media geométrica; la más cercana es { $label }, con
            { $times } veces
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

## Tablas (tables/, published.py, data/protocol.py)

table-not-run = no iniciada
table-yes = sí
table-no = no
table-time-of-runs = El tiempo incluye el calentamiento y excluye la evaluación.
table-seconds-of-runs = Los segundos incluyen el calentamiento y excluyen la evaluación.
table-verdicts-title = Veredictos frente a la referencia, { $baseline }
table-verdicts-note = En cada celda: si el valor está por encima (↑) o por debajo (↓) del de la
    referencia, cuántas veces es el de la referencia ({ $of ->
        [counts] en los recuentos
       *[other] de { $of }
    }, la diferencia), su intervalo
    y el veredicto. Los intervalos de una columna valen para todas las configuraciones a la vez al
    { $level } %. La fila de la referencia tiene sus propios valores.
table-summary-title = Coste y calidad de cada configuración
table-summary-note = Media e intervalo del { $level } % sobre las semillas completadas, con ± o
    entre paréntesis; los costes y las distancias en escala logarítmica (medias geométricas), las
    proporciones en la del arco seno de la raíz.
table-summary-times = Los tiempos excluyen el calentamiento y la evaluación.
table-summary-speed-up = Aceleración: los segundos de la referencia para el mismo número de
    { real-samples }, o de actualizaciones del generador, divididos por los de la configuración;
    emparejados por { $pairs ->
        [round] ronda
       *[seed] semilla
    }, con intervalos t de su logaritmo que valen para todas las configuraciones a la vez al
    { $level } %; por encima de 1 es más rápida.
table-summary-energy-joules = Energía: de toda la placa de la GPU, sin calentamiento ni evaluación.
table-summary-cpu-energy-joules = Energía de la CPU: de todos los procesadores de la máquina, sin
    calentamiento ni evaluación.
table-summary-protocols = La calidad se midió con { $count } protocolos que no se pueden comparar;
    cada uno tiene su propia tabla.
table-summary-no-quality = La calidad no se midió con características de una red.
table-against-title = Coste y calidad en relación con la referencia, { $baseline }
table-against-note = Cada valor es el de la configuración dividido por el de la referencia; por
    debajo de 1 es más barato (o, en una distancia, mejor).
table-against-difference = { $metric }: el valor de la configuración menos el de la referencia.
table-against-costs = Costes: medias geométricas de las razones, emparejadas por { $pairs ->
        [round] ronda
       *[seed] semilla
    }, con intervalos que valen para todas las configuraciones a la vez al { $level } %.
table-equal-title = Calidad a igual coste frente a la referencia, { $baseline }
table-equal-note = La calidad se compara al mayor coste acumulado de entrenamiento que alcanzaron
    todas las ejecuciones completadas de ambas configuraciones, con interpolación lineal entre
    evaluaciones.
table-equal-difference = Diferencia: configuración menos referencia, emparejadas por semilla; por
    { $direction ->
        [higher] encima
       *[lower] debajo
    } de 0 es mejor.
table-equal-absent = no se midió, o una se evaluó por primera vez cuando la otra ya había terminado.
table-equal-not-finite = No finito a este coste en algunas semillas: los valores son de las demás.
table-equal-matched = Con las anchuras de «{ $label }», { $widths }, se entrena con los FLOPs por
    imagen de «{ $reference }»: { $ratio } veces los suyos.
table-quality-title = { $protocol ->
        [0] Calidad de las traducciones: { $metric }
       *[other] Calidad según el protocolo { $protocol }: { $metric }
    }
table-floors-note = Identidad: la imagen de origen, como si fuera la traducción; objetivo medio: la
    media de las imágenes objetivo de entrenamiento, sea cual sea el origen. Ninguno de los dos
    aprende nada, así que una traducción que aprenda debería ser mejor que ambos.
table-held-out-control = imágenes reales reservadas
table-held-out-title = { $protocol ->
        [0] Copias y cobertura, junto a imágenes reales reservadas
       *[other] Copias y cobertura según el protocolo { $protocol }, junto a imágenes reales
           reservadas
    }
table-held-out-note = Autenticidad: la proporción de muestras que no están más cerca de su imagen de
    entrenamiento más próxima que esta de cualquier otra; las copias puntúan 0. C_T: una puntuación
    z, por debajo de −3 si las muestras están más cerca de las imágenes de entrenamiento que las
    reservadas, como lo están las copias. Densidad y cobertura comparan tantas imágenes generadas
    como reales. Estas medidas encuentran copias en las características; no demuestran que no las
    haya.
table-incomplete-title = Ejecuciones que no se completaron
table-modes-title = Cobertura de modas
table-modes-note = En la última evaluación: media ± error estándar sobre las semillas completadas, y
    el intervalo del { $level } % de la media (Anderson 1969), que solo supone que se pueden captar
    desde ninguna hasta todas las modas.
table-modes-of-mixtures = Una muestra es de alta calidad si está a menos de tres desviaciones
    típicas de su moda más cercana; una moda se capta con al menos una de estas muestras. De las
    muestras de la propia distribución de los datos, el 98.9 % son de alta calidad.
table-modes-of-digits = Una moda se capta cuando al menos una muestra se clasifica como ella.
table-modes-samples = Medido en { $counts } muestras de vectores latentes fijos.
table-target-title = Lo que cuesta alcanzar { $target }
table-target-reached = { $reached } de { $of }
table-target-is = Objetivo: { $target }.
table-target-note = Hasta el objetivo: el coste en la primera evaluación que lo cumple, sin
    interpolar. Medianas sobre las semillas según Kaplan y Meier (1958), en las que una ejecución
    que nunca lo cumple cuenta como que aún no ha llegado en su última evaluación, y una que
    divergió, como que no ha llegado al final.
table-target-above = Por encima (>): menos de la mitad de las semillas lo cumplió con este coste.
table-target-interval = Entre paréntesis: el intervalo del 95 % de la mediana, por el producto beta
    de Fay, Brittain y Proschan (2013).
table-target-no-interval = Menos de seis semillas no dan un intervalo del 95 % de una mediana.
table-target-test = p: contraste log-rank frente a la referencia según { $cost } (Mantel 1966),
    { $exact ->
        [yes] exacto con todas las permutaciones
       *[no] asintótico
    }, hasta el mayor coste al que se entrenaron todas las ejecuciones de ambas; ajustado para todas
    las configuraciones (Holm 1979).
table-target-few-seeds = Con tan pocas semillas, p no puede bajar de { $p } para una configuración,
    así que no se puede decidir nada.
table-tuning-title = Ensayos previos a las ejecuciones
table-tuning-note = Un ensayo de cada una, con la semilla { $seeds }, que no tiene ninguna ejecución
    de este informe; se eligió el mejor { $metric } final. { $absent }: el ensayo no tiene valor
    final.
published-title = Comparación con la tabla publicada, { $dataset }: { $share }
published-note = Media ± error estándar sobre las repeticiones: las nuestras, y las que Lin et al.
    (2018, arXiv 1712.04086, tabla 1) publican para { $trials } repeticiones tras { $steps } pasos.
published-difference = Diferencia: nuestra media menos la publicada, en unidades del error estándar
    de esa diferencia.
published-shorter = Algunas o todas estas ejecuciones dieron menos pasos que las del artículo: las
    diferencias pueden deberse a un entrenamiento más corto y ni confirman ni contradicen el
    artículo.
published-stacked-mnist = Publicado para Stacked MNIST (arXiv 1712.04086; redes de VEEGAN, 26 000
    muestras): DCGAN 78.9 modas, KL inversa 4.50; PacGAN2 1000 modas, KL inversa 0.06. Las redes,
    los dígitos y el clasificador difieren de los usados aquí, así que esto es solo orientativo.
published-steps-all = los { $whole } pasos del artículo
published-steps-more = { $run } pasos frente a los { $whole } del artículo
published-steps-part = { $run } de los { $whole } pasos del artículo
published-trials-all = todas sus { $whole } repeticiones
published-trials-more = { $run } repeticiones frente a sus { $whole }
published-trials-part = { $run } de sus { $whole } repeticiones
published-name-modes_captured = modas
published-name-high_quality_fraction = muestras de alta calidad
published-name-reverse_kl = KL inversa
published-departures = Con otro montaje que el publicado y por eso sin comparar con él: { $which }.
published-instead = { $field } { $own } en vez de { $wanted }

## Encabezados de columna: sus líneas, separadas por | (tables/)

column-configuration = Configuración
column-final-epoch = Época | final
column-ceiling = techo: | imágenes reales
column-host-memory-added = Memoria añadida | en la máquina
column-host-memory = Pico de memoria | de la máquina
column-gpu-memory = Pico de memoria | asignada en la GPU
column-final = { $metric } | final{ $arrow }
column-final-verdict = Veredicto | sobre | { $metric } final
column-lowest = { $metric } | mínimo{ $arrow } | por épocas
column-averaged = Generador | promediado: | { $metric }{ $arrow }
column-precision = precisión
column-recall = exhaustividad
column-generator-parameters = Parámetros | del generador
column-critic-parameters = Parámetros | del crítico
column-generator-macs = MACs | del generador
column-critic-macs = MACs | del crítico
column-train-flops-per-image = FLOPs de | entrenamiento por | { real-sample }
column-flops-times-baseline = FLOPs por imagen | (× referencia)
column-at-equal = { $cost ->
        [training_flops] a iguales FLOPs
       *[training_seconds] a igual tiempo
    }
column-budget = Presupuesto
column-of-baseline = { $metric } | de la referencia | { $place }
column-difference = Diferencia
column-seed = Semilla
column-seeds = Semillas
column-runs = Ejecuciones
column-status = Estado
column-error = Error
column-pack = Paquete
column-modes = Modas
column-modes-captured = Modas | captadas ↑ | (± e.e.)
column-modes-interval = Modas | captadas | (intervalo del { $level } %)
column-high-quality = Muestras de | alta calidad ↑ | (%, ± e.e.)
column-reverse-kl = KL | inversa ↓ | (nats, ± e.e.)
column-trials = Repeticiones
column-steps = Pasos
column-published-as = Publicada | como
column-short-modes-captured = Modas ↑
column-short-high-quality-fraction = Alta calidad ↑
column-short-reverse-kl = KL inversa ↓
column-ours = nuestro
column-published = publicado
column-standard-errors-apart = diferencia | (e.e.)
column-per-update = Por actualización | del generador: | { real-samples }
column-time-per-epoch = Tiempo | por época
column-speed-up-image = Aceleración | por cada 1000 | { real-samples }
column-speed-up-update = Aceleración | por actualización | del generador
column-verdict-on = Veredicto | sobre { $metric } final
column-reached = Semillas que | lo alcanzan
column-to-target = { $cost } | hasta el objetivo
column-beside-baseline = Junto a la | referencia
column-tried = Probado
column-chosen = Elegido
column-quality = Calidad: { $metric }
column-speed = Velocidad: { real-samples } | por segundo ↑
column-training-flops = FLOPs de entrenamiento | por { real-sample } ↓
column-memory = { $of }

## Partes del informe y datos de las ejecuciones (parts.py, contributions.py, data/facets.py)

part-failed = { $kind ->
        [figure] Falta la figura
        [table] Falta la tabla
       *[finding] Falta el hallazgo
    } { $name } de un complemento ({ $place }), porque falló con { $error }.
part-not-started = Aquí todavía no se ha iniciado ninguna ejecución.
part-without-baseline = La referencia «{ $baseline }» no está entre estas configuraciones, así que
    ninguna se compara con ella.
part-metric-not-measured = { $metric } no se midió aquí, así que no hay veredictos sobre ella.
part-baseline-not-completed = Aquí no se ha completado ninguna ejecución de la referencia
    «{ $baseline }».

## Entre conjuntos de datos o máquinas (cover/)

across-part = { $facets ->
        [data-sets] En los { $count } conjuntos de datos
        [image-sizes] En los { $count } tamaños de imagen
        [machines] En las { $count } máquinas
       *[facets] En las { $count } facetas
    }
across-title = { $facets ->
        [data-sets] Todas las configuraciones en los { $count } conjuntos de datos
        [image-sizes] Todas las configuraciones en los { $count } tamaños de imagen
        [machines] Todas las configuraciones en las { $count } máquinas
       *[facets] Todas las configuraciones en las { $count } facetas
    }
across-ratio = el valor final de la configuración dividido por el de la referencia, { $baseline },
    con los mismos datos.
across-verdicts = Dentro de cada columna todos los veredictos e intervalos valen a la vez al 95 %;
    las columnas son comparaciones separadas. Equivalente: dentro del { $margins }.
across-means = Medias geométricas de las razones (Fleming y Wallace 1986), con intervalos según
    Satterthwaite (1946) a partir de las semillas o rondas dentro de { $facets ->
        [data-sets] estos conjuntos de datos, que son fijos: no dicen nada de otros.
        [image-sizes] estos tamaños de imagen, que son fijos: no dicen nada de otros.
        [machines] estas máquinas, que son fijas: no dicen nada de otras.
       *[facets] estas facetas, que son fijas: no dicen nada de otras.
    }
across-contended = Otros procesos usaron la máquina durante algunas épocas.
across-drifted = La velocidad de la máquina varió durante algunas épocas.
across-not-started = no se ha iniciado ninguna ejecución.
across-no-baseline = la parrilla no tiene aquí ninguna ejecución de la referencia.
across-baseline-not-completed = no se ha completado ninguna ejecución de la referencia.
across-no-protocol = la calidad no se midió con un solo protocolo.
across-no-run = la parrilla no tiene aquí ninguna ejecución de { $labels }.
across-no-mean = Sin media de { $labels }: hace falta una razón en { $facets ->
        [data-sets] cada uno de los conjuntos de datos
        [image-sizes] cada uno de los tamaños de imagen
        [machines] cada una de las máquinas
       *[facets] cada una de las facetas
    }.
across-metrics = La calidad se mide con métricas distintas, de las que no hay media.
column-speed-up = aceleración
column-flops-per-image = FLOPs por | imagen real
column-verdict = veredicto
column-geometric-mean = Media geométrica:
profiles-title = { $facets ->
        [data-sets] Perfiles de rendimiento en los conjuntos de datos
        [image-sizes] Perfiles de rendimiento en los tamaños de imagen
        [machines] Perfiles de rendimiento en las máquinas
       *[facets] Perfiles de rendimiento en las facetas
    }
profiles-cost = { $cost ->
        [quality] calidad final
        [seconds] segundos por imagen
       *[target] segundos hasta el objetivo
    }
profiles-x = { $cost ->
        [quality] Calidad final respecto a la mejor (τ)
        [seconds] Segundos por imagen respecto al mejor (τ)
       *[target] Segundos hasta el objetivo respecto al mejor (τ)
    }
profiles-y = { $facets ->
        [data-sets] Proporción de conjuntos de datos (%)
        [image-sizes] Proporción de tamaños de imagen (%)
        [machines] Proporción de máquinas (%)
       *[facets] Proporción de facetas (%)
    }
profiles-caption = Proporción de { $facets ->
        [data-sets] los { $count } conjuntos de datos
        [image-sizes] los { $count } tamaños de imagen
        [machines] las { $count } máquinas
       *[facets] las { $count } facetas
    } en que una configuración está a un factor τ o menos de la mejor, según { $what } (medias sobre
    las semillas; medianas para los objetivos): más a la izquierda y más arriba es mejor. La que
    carece de un valor en alguno de los casos nunca llega al 100 %. Las líneas están ligeramente
    separadas. También se dibujan las diferencias que las semillas no muestran: la tabla dice cuáles
    lo son.
profiles-contended = Algunos tiempos son cotas superiores, pues otros procesos usaron la máquina.
profiles-drawn = Solo se dibujan { $drawn } de las { $of } configuraciones.

## Hojas de muestras (sheets.py)

sheets-part = { $of ->
        [epochs] { $shown } de las { $every } épocas
        [seeds] { $shown } de las { $every } semillas
       *[configurations] { $shown } de las { $every } configuraciones
    }
sheets-shown = Se muestran { $parts }.
sheets-translations = Traducciones de las mismas imágenes después de cada época; no seleccionadas a
    mano.
sheets-samples = Muestras de los mismos vectores latentes fijos después de cada época, de todas las
    configuraciones lado a lado; no seleccionadas a mano.

## Figuras: ejes, títulos y leyendas (figures/)

axis-epoch = Época
axis-step = Paso de entrenamiento
axis-step-short = paso
axis-training-seconds = Tiempo de entrenamiento
axis-training-flops = Cómputo de entrenamiento
axis-final = { $metric } final ({ axis-unit }{ axis-better })
axis-quality = { $metric } ({ axis-unit }{ axis-better })
axis-unit = { $unit ->
        [percent] %,{ " " }
       *[none] { "" }
    }
axis-better = { $direction ->
        [higher] más es mejor
       *[lower] menos es mejor
    }
axis-conditional-accuracy = Exactitud condicional (%)
axis-modes = Modas captadas
axis-seeds-reached = Semillas que han alcanzado
axis-loss = Pérdida
axis-score = Puntuación del crítico
figure-drawn = Las curvas, trayectorias y muestras presentan { $drawn } de las { $of }
    configuraciones (las primeras de la parrilla y la referencia); las tablas las recogen todas.
figure-bands = Líneas: medias sobre las semillas; bandas: intervalos del { $level } %, como en las
    tablas.
figure-pairs = Líneas finas: las semillas, donde hay dos.
figure-two-seeds = Líneas gruesas: medias sobre las semillas; líneas finas: las 2 semillas.
figure-neighbours = Cada una se promedia sobre { $neighbours } evaluaciones vecinas, salvo en sus
    extremos.
figure-means = Líneas: medias sobre las semillas.
figure-crosses = Una cruz marca el final de una ejecución que no se completó; las medias la
    excluyen.
figure-incomplete = Las ejecuciones que no se completaron no se dibujan, y las medias las excluyen.
figure-floor = suelo de ruido
figure-floor-below = El suelo de ruido, { $floor }{ $extrapolated ->
        [yes] , extrapolado de menos imágenes reales
       *[no] {""}
    }, está por debajo del eje.
figure-floor-dotted = De puntos: el suelo de ruido, { $floor }{ $extrapolated ->
        [yes] , extrapolado de menos imágenes reales
       *[no] {""}
    }.
figure-bars = Barras: intervalos t del { $level } % sobre las semillas.
figure-front-named = Solo el frente y la referencia tienen nombres y barras.
figure-numbers = Los números corresponden a { $key }.
figure-names = Nombres: { $keys }.
figure-variant = variante
figure-conditional-title = Exactitud condicional por época
figure-conditional-caption = Proporción de muestras que el clasificador del conjunto de datos asigna
    a la clase pedida, después de cada época evaluada.
figure-modes-title = Modas captadas por paso
figure-modes-caption = Número de modas de los datos que captan las muestras generadas, en cada
    evaluación.
figure-modes-dotted = De puntos: las { $counts } modas de los datos.
figure-pareto-title-training-seconds = { $metric } final frente al tiempo de entrenamiento
figure-pareto-title-training-flops = { $metric } final frente al cómputo de entrenamiento
figure-pareto-caption-training-seconds = { $metric } final frente al tiempo de entrenamiento de una
    ejecución completa. Rellenos y unidos: el frente de Pareto de las medias; huecos: dominados en
    ambos ejes.
figure-pareto-caption-training-flops = { $metric } final frente al cómputo de entrenamiento de una
    ejecución completa. Rellenos y unidos: el frente de Pareto de las medias; huecos: dominados en
    ambos ejes.
figure-quality-none = La calidad no se midió con características de una red, así que no hay curvas
    de calidad ni frente de Pareto.
figure-quality-no-time = Por eso no se dibuja nada frente al tiempo.
figure-quality-epoch-title = { $metric } por época
figure-quality-epoch-caption = { $metric } después de cada época evaluada.
figure-quality-averaged-title = { $metric } de los generadores promediados por época
figure-quality-averaged-caption = { $metric } de los generadores con pesos promediados durante el
    entrenamiento, después de cada época evaluada.
figure-quality-title-training-seconds = { $metric } según el tiempo de entrenamiento
figure-quality-title-training-flops = { $metric } según el cómputo de entrenamiento
figure-quality-caption-training-seconds = { $metric } frente al tiempo acumulado de entrenamiento.
figure-quality-caption-training-flops = { $metric } frente al cómputo acumulado de entrenamiento.
figure-samples-title = Muestras generadas
figure-samples-last-caption = Muestras de la última época a partir de los mismos vectores latentes
    fijos, de la primera semilla completada de cada configuración; no seleccionadas a mano.
figure-samples-translations-caption = Traducciones de la última época, de las mismas imágenes, de la
    primera semilla completada de cada configuración; no seleccionadas a mano.
figure-samples-time-title = Muestras generadas a lo largo del tiempo
figure-samples-time-caption = Muestras de los mismos vectores latentes fijos durante el
    entrenamiento, de la primera semilla completada de cada configuración; no seleccionadas a mano.
figure-samples-epoch-title = Muestras generadas por época
figure-samples-epoch-caption = Las mismas primeras muestras de las hojas, de los mismos vectores
    latentes fijos durante el entrenamiento, de la primera semilla completada de cada configuración;
    no seleccionadas a mano.
figure-samples-none = Ninguna ejecución completada tiene una cuadrícula de muestras.
figure-samples-at-epoch = época { $epoch }
figure-samples-step = paso { $step }
figure-samples-seed = semilla { $seed }
figure-target-caption = Proporción de las semillas que han alcanzado { $target }, según el coste:
    uno menos la estimación de Kaplan y Meier (1958). Una cruz marca las semillas que no lo habían
    alcanzado en su última evaluación.
figure-target-bands = Bandas: intervalos del 95 % (Fay, Brittain y Proschan 2013).
figure-translation-title = { $measure } por época
figure-translation-ssim = Similitud estructural de las traducciones y sus imágenes objetivo, después
    de cada época evaluada.
figure-translation-content-accuracy = Proporción de traducciones en las que el clasificador de las
    imágenes objetivo encuentra la clase del origen, después de cada época evaluada.
figure-translation-cycle-error = Diferencia absoluta media entre las imágenes de origen y lo que el
    camino de vuelta hace de sus traducciones, de píxeles de 0 a 255, después de cada época
    evaluada.
figure-translation-dotted = De puntos: { $floors }.
steps-losses-title = Trayectorias de las pérdidas
steps-losses = Pérdidas del crítico y del generador por paso de entrenamiento.
steps-losses-with = Pérdidas del crítico y del generador, con { $more }, por paso de entrenamiento.
steps-missing = Los pasos de { $labels } no están en la carpeta de resultados (steps.parquet), así
    que faltan sus trayectorias.
steps-none = Todavía no se ha registrado ningún paso, así que no hay trayectorias.
steps-accuracy-title = Exactitud del crítico
steps-accuracy = Proporción de muestras reales y de generadas que el crítico reconoce, según el
    umbral de su función de pérdida o, donde no lo hay, según el punto medio de las dos medias de un
    lote; y proporción de pares en los que la muestra real tiene la puntuación más alta; por paso de
    entrenamiento.
steps-accuracy-none = Ningún crítico tiene aquí un umbral entre real y falso, así que no hay
    exactitud del crítico.
steps-scores-title = Puntuaciones del crítico
steps-scores = Salida media sin transformar del crítico con muestras reales y generadas por paso de
    entrenamiento.
steps-wasserstein = Puntuación media de las muestras reales menos la de las generadas, que es la
    distancia de Wasserstein en la medida en que el crítico tenga pendiente 1, por paso de
    entrenamiento.
steps-product-metric = L = ‖W‖²/n, con W la diferencia entre los vectores medios de las muestras
    reales y generadas, por paso de entrenamiento.
steps-others = { $lines } por paso de entrenamiento.
steps-lines = Líneas: medias sobre { $seeds ->
        [all] las semillas
       *[other] las primeras { $seeds } semillas
    }, promediadas sobre pasos vecinos{ $around ->
        [bands] ; bandas: intervalos t del { $level } % sobre las semillas
        [thin] ; finas: las semillas
       *[nothing] {""}
    }{ $dotted ->
        [yes] ; de puntos: nivel del azar
       *[no] {""}
    }.
steps-cut = Los valores raros más allá del eje están cortados.
steps-own-scale = Cada panel tiene su propia escala.
steps-signs = A trazos y sombreado: desde cuándo hay la señal de fallo que se indica.
steps-left-out = Faltan las configuraciones que no informan de esto.
sign-critic-wins = gana el crítico
sign-generator-loss-runs-away = se dispara la pérdida del generador
sign-collapse = colapso
sign-not-finite = no finito

## La página (templates/)

page-title = { $name } – informe de gan-bench
page-contents = Contenido
page-recommendation = Recomendación
page-verdicts = Veredictos
page-findings = Hallazgos
page-samples = Muestras por época
page-tables = Tablas
page-changes = Qué cambió y por qué es más barato
page-changes-short = Qué cambió
page-figures = Figuras
page-set-up = Montaje experimental
page-reproduce = Para reproducirlo
page-numbers = Cómo leer los números
page-grid = Parrilla resuelta
page-grid-in = La parrilla resuelta está en { $file }.
page-data = Datos: { $file }
page-notes = Notas sobre esta tabla
page-all-columns = Las { $count } columnas
page-epoch = Época
page-seed = Semilla
page-all-sheets = todas, lado a lado
page-no-sheet = ninguna
page-sheet-alt = Muestras de { $label }, semilla { $seed }, después de la época { $epoch }
page-method = La semilla es la unidad de replicación: las épocas de una ejecución dependen unas de
    otras, así que todos los intervalos son sobre semillas. Los intervalos de las medias son los de
    Student (1908), en escala logarítmica para costes y distancias y en la del arco seno de la raíz
    para proporciones; los recuentos tienen los de Anderson (1969). Los veredictos sobre la calidad
    son según el contraste de Welch (1947), corregido para pocas semillas; las razones de costes van
    emparejadas. Los veredictos, y los intervalos de las razones a la referencia, valen para todas
    las configuraciones a la vez (Holm 1979, Šidák 1967); los demás intervalos valen uno por uno.
    Los FLOPs cuentan una multiplicación y una suma como dos operaciones. Un guion significa que no
    se midió, nunca cero.
page-method-short = Los intervalos son sobre semillas, en la escala de cada medida. Los veredictos,
    y los intervalos de las razones a la referencia, valen para todas las configuraciones a la vez;
    los demás intervalos valen uno por uno. Los FLOPs cuentan una multiplicación y una suma como dos
    operaciones. Un guion significa que no se midió, nunca cero.
script-grid-order = orden de la parrilla
script-ascending = { $title }, ascendente
script-descending = { $title }, descendente
script-sort-by = Ordenar por
script-play = Reproducir
script-pause = Pausa
script-epoch = época { $epoch }
script-which = semilla { $seed }, época { $epoch }
script-alt = Muestras de { $label }, semilla { $seed }, época { $epoch }
script-no-samples = semilla { $seed }, época { $epoch }: sin muestras
script-highlight = Resalta esta configuración en todas partes; haga clic o pulse Intro para
    mantenerla.

## Qué cambió y por qué es más barato (explained.py, explained_text.py)

explained-no-baseline = La referencia no se puede volver a construir, así que no se explica ningún
    cambio: { $why }.
explained-not = «{ $label }» no se puede volver a construir y no se explica: { $why }.
explained-first = Se explican las primeras { $most } de { $of } configuraciones.
explained-not-started = no se ha iniciado ninguna de sus ejecuciones
explained-revised = la variante { $variant } se ha revisado desde entonces
explained-no-classes = no se conoce el número de clases
explained-same = { $name } y { $other } son la misma receta.
explained-as-many = { $name } cuesta los mismos FLOPs de entrenamiento por imagen real que
    { $other }: { $flops }.
explained-flops = { $name } es más { $kind ->
        [cheaper] barata
       *[dearer] cara
    }: { $factor } los FLOPs de entrenamiento por imagen real de { $other }.
explained-takes = { $updates ->
        [one] { $updates } actualización del crítico
       *[other] { $updates } actualizaciones del crítico
    } de { $images ->
        [one] { $images } imagen
       *[other] { $images } imágenes
    }
explained-update-same = Por actualización del generador, que necesita { $takes } en vez de
    { $against }, cuesta lo mismo.
explained-update = Por actualización del generador, que necesita { $takes } en vez de { $against },
    es más { $kind ->
        [cheaper] barata
       *[dearer] cara
    }: { $factor }.
explained-title = De { $other } a { $name }, un cambio cada vez
explained-change = Cambio
explained-flops-per-real-image = FLOPs por imagen real
explained-flops-per-generator-update = FLOPs por actualización del generador
explained-parameters = Parámetros
explained-order = Cada parte se cuenta, y cada capa se nombra, una vez hechos los cambios de más
    arriba; otro orden daría otras partes. { $other } frente a { $name } tiene las mismas partes con
    los signos opuestos.
explained-by-layer = Cambiado con las redes, y contado arriba por capas: { $changes }.
explained-without-effect = Cambiado sin efecto en los FLOPs ni en los parámetros: { $changes }.
explained-with = con { $what }
explained-without = sin { $what }
explained-and = y
explained-together = con
explained-of = { $what } de { $where }
explained-layer-at = una capa de { $size }
explained-layers = { $layers ->
        [one] su única capa
       *[other] sus { $layers } capas
    }
explained-step = el paso

## Nombres que se declaran en inglés en otra parte: medidas, valores de cada paso, referencias sin aprendizaje

measure-train_seconds = Segundos de entrenamiento
measure-elapsed_seconds = Segundos transcurridos
measure-images_per_second = Imágenes por segundo
measure-train_flops = FLOPs de entrenamiento
measure-peak_gpu_allocated_bytes = Pico de memoria asignada en la GPU
measure-peak_gpu_reserved_bytes = Pico de memoria reservada en la GPU
measure-peak_gpu_process_bytes = Pico de memoria del proceso en la GPU
measure-peak_host_bytes = Pico de memoria de la máquina
measure-peak_host_added_bytes = Pico de memoria añadida en la máquina
measure-process_cpu_seconds = Segundos de CPU del proceso
measure-steal_share = Proporción cedida por el hipervisor
measure-calibration_before_flops_per_second = FLOPs por segundo de la calibración anterior
measure-calibration_after_flops_per_second = FLOPs por segundo de la calibración posterior
measure-energy_joules = Energía en julios
measure-cpu_energy_joules = Energía de la CPU en julios
measure-quality_samples = Muestras evaluadas
measure-authenticity = Autenticidad
measure-authenticity_held_out = Autenticidad de las reservadas
measure-modes_captured = Modas | captadas
measure-reverse_kl = KL | inversa
measure-conditional_accuracy = Exactitud | condicional
measure-conditional_accuracy_floor = suelo: | clase mayoritaria
measure-content_accuracy = Exactitud | del contenido
measure-content_accuracy_chance = azar: | clase mayoritaria
measure-copying = C_T
measure-copying_held_out = C_T de las reservadas
measure-fid = FID
measure-fcd = FCD
measure-cycle_error = Error | de ciclo
measure-fid_back = FID | del camino de vuelta
measure-fcd_back = FCD | del camino de vuelta
measure-precision = Precisión
measure-recall = Exhaustividad
measure-density = Densidad
measure-coverage = Cobertura
measure-density_held_out = Densidad de las reservadas
measure-coverage_held_out = Cobertura de las reservadas
measure-kid_mean = KID
measure-kid_std = Desviación de KID
measure-high_quality_fraction = Muestras de | alta calidad
measure-l1 = L1
measure-psnr = PSNR
measure-ssim = SSIM
measure-generator_parameters = Parámetros | del generador
measure-critic_parameters = Parámetros | del crítico
measure-setup_seconds = Segundos de preparación
measure-seconds_per_1000_images = Tiempo | por cada 1000 | { real-samples }
measure-seconds_per_generator_update = Tiempo | por actualización | del generador
measure-energy_joules_per_1000_images = Energía | por cada 1000 | { real-samples }
measure-energy_joules_per_generator_update = Energía | por actualización | del generador
measure-cpu_energy_joules_per_1000_images = Energía de la CPU | por cada 1000 | { real-samples }
measure-cpu_energy_joules_per_generator_update = Energía de la CPU | por actualización | del
    generador
measure-train_flops_per_1000_images = FLOPs de entrenamiento | por cada 1000 | { real-samples }
measure-train_flops_per_generator_update = FLOPs de entrenamiento | por actualización | del
    generador
scalar-critic_loss = crítico
scalar-generator_loss = generador
scalar-critic_score_real = muestras reales
scalar-critic_score_fake = muestras generadas
scalar-critic_accuracy_real = muestras reales
scalar-critic_accuracy_fake = muestras generadas
scalar-penalty = penalización
scalar-critic_midpoint_accuracy_real = reales, según el punto medio
scalar-critic_midpoint_accuracy_fake = generadas, según el punto medio
scalar-critic_pairwise_accuracy = pares: real por encima de generada
scalar-wasserstein_estimate = Estimación de Wasserstein
scalar-product_metric = L del crítico vectorial
scalar-adversarial_term = del crítico
scalar-l1_term = L1
scalar-cycle_term = ciclo
scalar-identity_term = identidad
scalar-nce_term = PatchNCE
sign-of-recall = exhaustividad
sign-of-coverage = cobertura
sign-of-modes = modas

## Por qué el cambio de un campo o de una capa cambia un coste, como lo dice en inglés el código

network-generator = generador
network-critic = crítico
network-generator-to-target = generador hacia el objetivo
network-generator-to-source = generador hacia el origen
network-generator-projector = proyector del generador
network-critic-of-targets = crítico de los objetivos
network-critic-of-sources = crítico de los orígenes
place-the-first-layer = la primera capa
place-the-last-layer = la última capa
place-a-hidden-layer = una capa oculta
topic-inputs-outputs = entradas × salidas
topic-kernel = núcleo
topic-positions = posiciones
topic-passes = pasadas
topic-parameters-of-norm-layers = parámetros de las capas de normalización
topic-other-parameters = otros parámetros
effect-each-output-takes-a-mac-per-input-kernel = cada salida necesita una MAC por entrada, píxel
    del núcleo y posición
effect-a-kernel-of-k-k-pixels-takes-k = un núcleo de k × k píxeles necesita k² MACs por entrada,
    salida y posición
effect-a-kernel-is-applied-at-each-position = un núcleo se aplica en cada posición
effect-a-layer-is-computed-and-differentiated-in-every = una capa se calcula y se deriva en cada
    pasada de su red
effect-a-network-of-its-own-is-computed-differentiated = una red propia se calcula, se deriva y se
    actualiza
effect-dense-layers-and-convolutions-multiply-other-numbers-of = las capas densas y las
    convoluciones multiplican otros números de entradas y salidas
effect-the-step-runs-or-differentiates-the-layers-another = el paso ejecuta o deriva las capas otro
    número de veces
effect-they-scale-and-shift-and-multiply-no-matrices = escalan y desplazan, y no multiplican
    matrices
effect-such-as-biases-which-are-added-and-multiply = como los sesgos, que se suman y no multiplican
    nada
effect-how-a-step-is-computed-differs-beyond-the = la forma de calcular un paso difiere más allá de
    los campos y las capas
effect-an-update-trains-on-a-batch = una actualización entrena con un lote
effect-the-cost-of-one-image-stays-the-same = el coste de una imagen no cambia
effect-a-generator-update-follows-so-many-critic-updates = una actualización del generador sigue a
    ese número de actualizaciones del crítico: por imagen real, su coste se reparte entre los lotes
    de estas; por actualización del generador, se pagan todas
effect-the-critic-makes-one-pass-per-pack-of = el crítico hace una pasada por paquete, de la que
    solo crece la primera capa
effect-the-class-adds-inputs-to-the-generator-s = la clase añade entradas a la primera capa del
    generador, y al crítico una capa densa y el plano que esta forma
effect-in-simultaneous-updates-samples-are-generated-and-judged = en las actualizaciones simultáneas
    las muestras se generan y se juzgan una sola vez para ambas pérdidas
effect-on-reused-samples-the-generator-s-update-has = con muestras reutilizadas, la actualización
    del generador tiene una pasada menos del generador
effect-the-losses-need-other-passes-of-the-critic = las pérdidas necesitan otras pasadas del crítico
effect-of-ends-the-critic-in-a-vector-instead-of = { $name } termina el crítico en un vector en vez
    de una puntuación
effect-of-judges-the-real-samples-again-in-the-generator = { $name } vuelve a juzgar las muestras
    reales en la pérdida del generador
effect-the-vector-is-a-layer-of-that-many = el vector es una capa de ese número de salidas, cada una
    conectada a toda la última capa oculta
effect-it-ends-in-softplus-which-is-curved-so = termina en softplus, que es curva, así que una
    penalización del gradiente también deriva los valores
effect-each-penalty-differentiates-the-critic-s-gradient-on = cada penalización deriva el gradiente
    del crítico en un lote más en cada actualización del crítico
effect-only-every-n-th-critic-update-evaluates-the = solo una de cada n actualizaciones del crítico
    evalúa las penalizaciones
effect-the-latent-s-numbers-are-the-inputs-of = los números del latente son las entradas de la
    primera capa del generador
effect-a-convolution-between-hidden-layers-takes-kernel-inputs = una convolución entre capas ocultas
    necesita núcleo² × entradas × salidas MACs por posición, así que su coste va con el cuadrado de
    la anchura
effect-at-the-image-and-the-latent-one-side = junto a la imagen y al latente un lado es fijo
effect-a-plane-is-one-more-channel-of-the = un plano es un canal más de la entrada del crítico,
    formado por una capa densa
effect-a-projection-embeds-the-class-in-the-features = una proyección representa la clase en las
    características de la última capa
effect-a-dense-layer-takes-5-numbers-of-each = una capa densa toma 5 números de cada núcleo de las
    últimas características del crítico
effect-the-k-k-convolutions-between-hidden-layers-are = las convoluciones k×k entre capas ocultas se
    dividen en una por canal y otra 1×1 entre canales: k² + salidas en vez de k² × salidas MACs por
    entrada (los segundos cambian menos, pues un núcleo por canal reutiliza pocos datos)
effect-an-additional-3-3-convolution-takes-9-filters = una convolución 3×3 adicional necesita 9 ×
    filtros² MACs por posición
effect-batch-and-layer-norm-have-a-scale-and = la normalización por lotes y la de capa tienen una
    escala y un desplazamiento por filtro, que sustituye a los sesgos de las convoluciones
effect-none-of-these-multiplies-matrices = ninguna de ellas multiplica matrices
effect-a-dense-layer-takes-inputs-outputs-macs-so = una capa densa necesita entradas × salidas MACs,
    así que entre capas ocultas su coste va con el cuadrado de la anchura
effect-units-of-the-generator-s-hidden-layers = unidades de las capas ocultas del generador
effect-hidden-layers-of-the-generator = capas ocultas del generador
effect-units-of-the-critic-s-hidden-layers = unidades de las capas ocultas del crítico
effect-hidden-layers-of-the-critic = capas ocultas del crítico
effect-linear-pieces-of-each-maxout-unit = piezas lineales de cada unidad maxout
effect-each-strided-layer-of-the-critic-doubles-the = cada capa con paso del crítico duplica los
    filtros con un cuarto del mapa
effect-each-block-of-a-stage-has-its-own = cada bloque de una etapa tiene sus propias tres
    convoluciones
effect-the-inner-channels-of-each-block-are-so = los canales internos de cada bloque son ese número
    de veces su anchura
effect-a-grouped-convolution-s-cost-is-divided-by = el coste de una convolución agrupada se divide
    por el número de grupos
effect-spectral-norm-changes-neither-flops-nor-parameters = la normalización espectral no cambia ni
    los FLOPs ni los parámetros
effect-a-residual-block-takes-2-9-filters-macs = un bloque residual necesita 2 × 9 × filtros² MACs
    por posición
effect-each-generator-also-translates-back-what-the-other = cada generador también traduce de vuelta
    lo que hizo el otro: una pasada que se deriva en sus pesos y en su entrada
effect-each-generator-also-translates-images-of-its-own = cada generador también traduce imágenes de
    su propio objetivo: una pasada que se deriva en sus pesos
effect-patchnce-encodes-each-made-image-once-more-differentiated = PatchNCE codifica cada imagen
    generada una vez más, con derivadas en los pesos y en la entrada, y proyecta fragmentos de sus
    características y de las del origen con capas densas
effect-each-patch-is-projected-and-compared-with-all = cada fragmento se proyecta y se compara con
    todos los demás de su imagen
side-one = uno
side-one-step = un paso
side-the-other = el otro

## Tablas y macros para artículos (paper/)

paper-scripts = los nombres en otras escrituras necesitan LuaLaTeX.
paper-fact = { $name }: { $text }.
paper-without = Ninguna ejecución completa de { $names }.
paper-not-finite = No finito en la última evaluación, y por tanto en ninguna media: { $names }.
paper-complete = No se ha omitido ninguna ejecución ni configuración.
paper-macros-head = Los números del informe de { $name }, una macro para cada uno: incluya este archivo con
    \input después de siunitx.
paper-references = Las publicaciones de lo que usó el barrido, según las declaran gan-bench y los
    complementos.
paper-macros-use = Los nombres solo tienen letras. De un intervalo, …Low y …High son los extremos y …HalfWidth es la
    mitad de su anchura; …Error es un error típico. Lo que no se midió es --.
paper-siunitx = Los números necesitan la versión 3 de siunitx
