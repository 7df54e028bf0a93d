menu-runs = Körningar
run-title = Körningar
run-one-title = Körning
run-at = Tidpunkt
run-schedule = Schemaläggning
run-state = Läge
run-all = alla
run-filter = Visa
run-none = Ingenting har körts ännu.
run-none-of-filter = Ingen körning passar. Välj en annan schemaläggning eller ett annat läge.
run-pages = Sidor
run-first-page = De nyaste
run-next-page = Äldre
run-state-planned = planerad
run-state-running = pågår
run-state-waiting_for_budget = väntar på förfrågningskvoten
run-state-done = klar
run-state-partly_done = delvis klar
run-state-failed = misslyckades
run-state-skipped = överhoppad
run-state-missed = missad
run-said-planned = Den är planerad och har inte börjat.
run-said-running = Den pågår.
run-said-waiting_for_budget = Den väntar.
run-said-done = Den är klar.
run-said-partly_done = Den är delvis klar.
run-said-failed = Den misslyckades.
run-said-skipped = Den hoppades över.
run-said-missed = Den missades.
run-said-missed_many = { $count } körningar i rad missades.
run-said-because = { $said } Orsak: { $reason }.
run-reason-overlap = en tidigare körning pågick ännu
run-reason-holiday = schemaläggningen startas inte på den här helgdagen
run-reason-paused = schemaläggningen var pausad
run-reason-queries_stopped = alla förfrågningar till BDS var stoppade
run-reason-cancelled = någon avbröt den
run-reason-removed = schemaläggningen togs bort innan körningen började
run-reason-done_already = uppgiften hade redan gjorts efter den utsatta tiden
run-reason-too_late = den kunde inte börja inom den tillåtna tiden
run-reason-nobody_ran = tjänsten var inte i gång
run-reason-over_budget = urvalet omfattar fler personer än förfrågningskvoten
run-reason-ceiling = den skulle överskrida taket för förfrågningar om enskilda personer
run-reason-errors = några kunde inte läsas och lades åt sidan
run-reason-vtj = BDS svarade inte eller nekade
run-reason-database = databasen fungerade inte
run-reason-register = kundregistret fungerade inte
run-reason-cursor_too_old = ändringar har inte hämtats på längre tid än BDS sparar dem
run-reason-not_configured = gränssnittet den behöver är inte konfigurerat
run-reason-not_usable = en kommun, ändamålet eller urvalet kan inte användas nu
run-reason-not_available = den här programversionen kan inte göra det
run-unchecked-nobody_selected = Ingen valdes.
run-unchecked-nobody = Ingen av de { $people } personerna blev okontrollerad.
run-unchecked-failed = { $failed } av { $people } personer kunde inte kontrolleras.
run-unchecked-left = { $left } av { $people } personer kontrollerades inte.
run-unchecked-both = { $left } av { $people } personer kontrollerades inte, och { $failed } kunde inte kontrolleras.
run-note = Programmets anteckning:
run-progress-label = Framsteg
run-progress = { $done } av { $people } personer
run-progress-rate = { $done } av { $people } personer, { $rate } per sekund, ungefär { $left } kvar
run-progress-none = Ingen har valts ännu.
run-seconds =
    { $count ->
        [one] en sekund
       *[other] { $count } sekunder
    }
run-minutes =
    { $count ->
        [one] en minut
       *[other] { $count } minuter
    }
run-hours =
    { $count ->
        [one] en timme
       *[other] { $count } timmar
    }
run-refresh = Uppdatera
run-cancel = Avbryt körningen
run-cancel-help = BDS svar bevaras.
run-retry = Fråga om dem som inte kontrollerades
run-retry-help = En ny körning frågar om dem som inte kontrollerades eller lades åt sidan.
run-numbers-title = Siffror
run-fact-origin = Startades som
run-fact-started_by = Startades av
run-fact-version = Schemaläggningens version
run-fact-due_at = Utsatt tid
run-fact-planned_at = Planerad
run-fact-started_at = Började
run-fact-finished_at = Slutade
run-fact-try_again_at = Fortsätter
run-fact-purpose = Användningsändamål
run-fact-budget = Förfrågningskvot
run-fact-people = Personer
run-fact-asked = BDS har svarat om
run-fact-reused = varav ett tidigare svar räckte
run-fact-left_out = Lämnade bort
run-fact-put_aside = Lagda åt sidan
run-fact-not_checked = Inte kontrollerade
run-fact-changed = Nya svar
run-fact-requests = Besvarade förfrågningar
run-fact-disclosures = Förfrågningar i utlämningsloggen
run-fact-cases = Hittade ärenden
run-fact-retry_of = Fortsätter på
run-earlier = den tidigare körningen
run-origin-schedule = enligt schemaläggningen
run-origin-catch_up = ersättande körning
run-origin-by_hand = för hand
run-origin-retry = fortsätter en annan körning
run-left-out-title = Lämnade bort
run-why = Orsak
run-put-aside-title = Lagda åt sidan
run-put-aside-more = och { $count } till
run-card = Kort
run-masked = maskerad
run-done-started = Körningen är planerad. Den börjar strax.
run-done-cancelled = Körningen är avbruten.
run-done-cancel_asked = Körningen slutar efter den portion som pågår.
run-done-retried = En ny körning är planerad. Den börjar strax.
run-refused-held = En annan körning pågår. Försök igen när den har slutat.
run-refused-paused = Schemaläggningen är pausad till { $until }. Återuppta den först.
run-refused-another_open = En annan körning av schemaläggningen är inte avslutad: { $state }. Avbryt den eller vänta tills den slutar.
run-refused-ended = Körningen har slutat: { $state }.
run-refused-ended_meanwhile = Körningen har under tiden slutat.
run-refused-round_under_way = En omgång av en uppgift slutar av sig själv och kan inte avbrytas.
run-refused-of_task = En omgång av en uppgift gäller det som är aktuellt. Kör dess schemaläggning nu i stället.
run-refused-not_ended = Körningen har inte slutat: { $state }.
run-refused-retried_by = En senare körning har fortsatt på den här.
run-refused-nobody_left = Ingen återstår att fråga om i körningen.
run-refused-removed = Dess schemaläggning har tagits bort.
