menu-schedules = Schemaläggning
schedule-title = Schemaläggning
schedule-back = Till schemaläggningen
schedule-new = Ny schemaläggning
schedule-new-title = Ny schemaläggning
schedule-edit-title = Ändra schemaläggningen
schedule-name = Namn
schedule-does = Vad den gör
schedule-when-due = När
schedule-next = Nästa körning
schedule-state = Läge
schedule-last = Senaste körning
schedule-last-run = { $at }: { $state }
schedule-origin = Kommer från
schedule-origin-configuration = konfigurationsfilen
schedule-origin-administrator = en administratör
schedule-its-end = sluttiden
schedule-empty = Det finns ännu ingen schemaläggning. Skapa den första eller skriv in den i konfigurationsfilen.
schedule-waits-second = väntar på en andra godkännare
schedule-state-in_force = i kraft
schedule-state-paused = pausad
schedule-state-waiting = inte godkänd ännu
schedule-state-disabled = avstängd
schedule-state-unreadable = kan inte läsas
schedule-unreadable-help = Schemaläggningens sparade innehåll kan inte läsas, så den startar ingenting. Kontakta driften.
schedule-none = ingen
schedule-none-paused = ingen under pausen (till { $until })
schedule-none-waiting = Ingen innan en andra godkännare har godkänt den.
schedule-when = { $weekday } { $local }
schedule-does-refresh = Uppdateringskörning, { $purpose }: { $municipalities }
schedule-task-enrol = Avgör vem som följs
schedule-task-fetch = Hämtar ändringar ur BDS
schedule-task-refresh = Läser uppgifterna om personer som har ändrats
schedule-task-reconcile = Jämför registret med BDS
schedule-task-apply = Skriver in det som godkänts
schedule-task-estate = För dödsboärenden vidare
schedule-task-housekeeping = Stänger och raderar det som nått sin tid
schedule-field-task = Startar
schedule-field-municipalities = Kommuner
schedule-field-segment = Urval
schedule-field-purpose = Användningsändamål
schedule-field-budget = Förfrågningskvot för en körning
schedule-field-over_budget = Om personerna är fler
schedule-field-cron = När
schedule-field-enabled = Påslagen
schedule-field-overlap = Om den föregående körningen pågår
schedule-field-start_within = Får starta försenad
schedule-field-catch_up = En missad körning tas igen
schedule-field-skip_holidays = Körs inte på helgdagar
schedule-over_budget-wait = ingen efterfrågas, körningen väntar
schedule-over_budget-first = de som längst varit okontrollerade först
schedule-overlap-forbid = den här lämnas bort
schedule-overlap-queue = den här startar efteråt
schedule-enabled-yes = ja
schedule-enabled-no = nej: enabled = false i konfigurationsfilen
schedule-catch_up-yes = ja, en gång
schedule-catch_up-no = nej
schedule-any-time = när som helst
schedule-all-holidays = alla helgdagar
schedule-no-holidays = inga
schedule-days =
    { $count ->
        [one] en dag
       *[other] { $count } dagar
    }
schedule-hours =
    { $count ->
        [one] en timme
       *[other] { $count } timmar
    }
schedule-minutes =
    { $count ->
        [one] en minut
       *[other] { $count } minuter
    }
schedule-version-made = Version { $version }, gjord av { $by } { $at }.
schedule-version-approved = Version { $version }, gjord av { $by } { $at }, andra godkännare { $approver }.
schedule-selected-then =
    { $count ->
        [one] Urvalet omfattade då en person.
       *[other] Urvalet omfattade då { $count } personer.
    }
schedule-stopped = Alla förfrågningar till BDS är stoppade: av { $who } sedan { $since }, tills någon återupptar dem.
schedule-stopped-until = Alla förfrågningar till BDS är stoppade: av { $who } sedan { $since }, till { $until }.
schedule-stopped-because = Orsak:
schedule-paused = Pausad av { $who } sedan { $since }, till { $until }. Under tiden startas ingenting.
schedule-waiting-title = En ändring väntar på en andra godkännare
schedule-second-help = Ändringen godkänns av någon annan än den som gjorde den, med eget konto och i egen session. Den som gjorde den kan återkalla den.
schedule-approve = Godkänn version { $version }
schedule-withdraw = Återkalla version { $version }
schedule-of-configuration-help = Schemaläggningen finns i konfigurationsfilen och ändras där. Här kan den pausas och köras.
schedule-run-now = Kör nu
schedule-edit = Ändra
schedule-pause = Pausa
schedule-pause-again = Ändra pausen
schedule-resume = Återuppta
schedule-remove = Ta bort
schedule-keep = Behåll
schedule-content-title = Innehåll
schedule-runs-title = Senaste körningar
schedule-no-runs = Den har inte körts ännu.
schedule-all-runs = Alla dess körningar
schedule-history-title = Historik
schedule-added = tillagt:
schedule-removed = borttaget:
schedule-happened-made = { $by } gjorde version { $version } ({ $state }).
schedule-happened-approved = { $by } godkände version { $version }.
schedule-happened-withdrawn = { $by } återkallade version { $version }.
schedule-happened-paused = { $by } pausade den till { $until }.
schedule-happened-resumed = { $by } återupptog den.
schedule-happened-pause_over = Pausen tog slut.
schedule-happened-removed = { $by } tog bort den.
schedule-version-state-in_force = nu i kraft
schedule-version-state-waiting = väntar på en andra godkännare
schedule-version-state-former = inte längre i kraft
schedule-version-state-withdrawn = återkallad
schedule-next-title = De följande tio körningarna
schedule-next-weekday = Veckodag
schedule-next-local = Datum och klockslag
schedule-next-offset = Skillnad till UTC
schedule-next-notes = Anmärkning
schedule-next-left-out = körs inte: { $holiday }
schedule-done-saved = Schemaläggningen är sparad och i kraft.
schedule-done-waits = Ändringen är sparad. Den väntar på en andra godkännare.
schedule-done-unchanged = Ingenting ändrades.
schedule-done-approved = Ändringen är godkänd och i kraft.
schedule-done-withdrawn = Ändringen är återkallad.
schedule-done-paused = Schemaläggningen är pausad.
schedule-done-resumed = Schemaläggningen är återupptagen.
schedule-done-removed = Schemaläggningen är borttagen. Dess historik bevaras.
schedule-done-stopped = Alla förfrågningar till BDS är stoppade.
schedule-done-queries_resumed = Förfrågningar till BDS görs igen.
schedule-done-slices = Portionerna är inställda.
schedule-done-slices_ended = Portionerna är avslutade och alla ärenden är öppna.
schedule-problems = Något måste ännu rättas till. Ingenting ändrades.
schedule-error-name_taken = En annan schemaläggning har det här namnet. Välj ett annat.
schedule-error-of_configuration = Schemaläggningen finns i konfigurationsfilen. Ändra den där.
schedule-error-moved = Någon annan har under tiden ändrat schemaläggningen: dess nyaste version är { $newest }.
schedule-error-nothing_waits = Ingen ändring väntar längre på en andra godkännare.
schedule-error-not_paused = Schemaläggningen är inte pausad.
schedule-error-changed = Någon annan har under tiden ändrat den.
schedule-refused-not_administrator = Bara registeradministratörer planerar schemaläggning och startar körningar.
schedule-refused-of_others = Du är inte administratör för { $lacking }. Det är: { $who }.
schedule-refused-nobody = Du är inte administratör för { $lacking }, och ingen är administratör för alla kommuner. Be om ett konto som är det.
schedule-refused-same_account = Version { $version } gjordes av { $maker }, med det här kontot. En annan person godkänner den.
schedule-refused-same_os_user = Version { $version } gjordes av { $maker }, som samma användare i operativsystemet. En annan person godkänner den.
schedule-refused-same_session = Version { $version } gjordes av { $maker }, i samma session. En annan person godkänner den.
schedule-weight-title = En andra godkännare behövs
schedule-weight-selects = Det här ändras: { $fields }. Urvalet omfattar { $number } personer, vilket är fler än { $limit }.
schedule-weight-budget = Det här ändras: { $fields }. Förfrågningskvoten är { $number }, vilket är mer än { $limit }.
schedule-weight-help = Ändringen träder i kraft när en annan administratör har godkänt den.
schedule-wrong-no_municipality = Välj minst en kommun.
schedule-wrong-unknown_municipalities = De här kommunerna har inget tillstånd här: { $municipalities }.
schedule-wrong-budget = Skriv ett tal mellan 1 och 10 000 000.
schedule-wrong-start_within = Skriv minst en minut, till exempel 6h.
schedule-wrong-unknown_purpose = Välj ett av användningsändamålen.
schedule-wrong-no_change_interface = Ändringsgränssnittet är inte konfigurerat, så registret kan inte underhållas.
schedule-wrong-not_open_to = Det här användningsändamålet är inte öppet för { $municipalities }.
schedule-wrong-no_query_interface = Förfrågan om en enskild person är inte konfigurerad; välj underhåll av kundregistret.
schedule-wrong-segment = Konfigurationen anger inte vilka kundgrupper som är hemservicekunder.
schedule-unusable-name = Ett namn har 1–60 bokstäver, siffror, mellanslag och tecknen - _ .
schedule-unusable-code = Texten innehåller en personbeteckning: lämna bort den.
schedule-unusable-kind = En schemaläggning startar antingen en uppgift eller en uppdateringskörning; det kan inte bytas.
schedule-unusable-no_reason = Ange kort orsaken.
schedule-unusable-long_reason = Skriv högst { $most } tecken.
schedule-unusable-pause_end = En paus slutar i framtiden, senast { $last }.
schedule-choose-when = Välj när den körs.
schedule-choose-holidays = Välj bland helgdagarna i listan.
schedule-needed-budget = Ange hur många personer en körning får fråga om som mest.
schedule-needed-purpose = Välj ett användningsändamål.
schedule-needed-municipality = Välj minst en kommun.
schedule-number = Skriv ett tal mellan { $least } och { $most }.
schedule-euros = Skriv euro, till exempel 12,50.
schedule-write-time = Skriv minuter, timmar eller dagar: 90m, 6h eller 2d.
schedule-write-day = Välj en dag.
schedule-end-passed = Dagen har redan gått. Välj en senare.
schedule-segment-position = Urvalet kan inte läsas från tecken { $position }.
schedule-segment-bounds = Urvalet är för stort, eller ett värde är utanför det tillåtna.
schedule-cron-field_count = Skriv fem fält: minut, timme, dag, månad och veckodag. Nu är de { $found }.
schedule-cron-seconds = Fälten är { $found }. Lämna bort sekunder och år och skriv fem.
schedule-cron-reboot = @reboot är ingen tid. Skriv en tid, till exempel @daily.
schedule-cron-shorthand = { $text } är inte känt. Skriv @hourly, @daily, @weekly, @monthly eller @yearly.
schedule-cron-special = { $text }: L, W och # läses inte här.
schedule-cron-value = { $text }: skriv ett tal mellan { $low } och { $high }, ett intervall, en lista eller *.
schedule-cron-backwards = { $text } går baklänges. Skriv { $instead }.
schedule-cron-step_without_range = { $text }: ett steg behöver ett intervall. Skriv { $instead }.
schedule-cron-step = { $text }: ett steg är ett tal mellan 1 och { $high }.
schedule-cron-day_and_weekday = Både dag och veckodag är angivna. Skriv { $day } eller { $weekday }, eller gör två schemaläggningar.
schedule-cron-impossible_date = Inget år har en sådan dag (dag { $day }, månad { $month }).
schedule-label-name = Namn
schedule-hint-name = Till exempel: före indrivning. Skriv inget personnamn.
schedule-when-own = Eget uttryck, för erfarna
schedule-label-expression = Uttryck
schedule-hint-expression = Minut, timme, dag, månad och veckodag i Helsingforstid, till exempel 0 6 * * WED.
schedule-explain-title = Vad ett uttryck betyder
schedule-explain = Förklara
schedule-more-times = Helgdagar, försening, pågående körningar
schedule-label-start_within = Får starta högst så här försenad
schedule-hint-start_within = 90m, 6h eller 2d. Tomt: när som helst.
schedule-label-overlap = Om den föregående körningen pågår
schedule-label-catch_up = Ta en gång igen en körning som ingen var där för att starta
schedule-segment-title = Vilka kunder
schedule-by-rows = Välj här
schedule-by-rows-help = Alla val måste uppfyllas. Inget valt: kommunernas alla kunder.
schedule-box-never_verified = aldrig kontrollerad
schedule-box-wrong_contact_details = felaktiga kontaktuppgifter
schedule-box-open_debts = obetalda avgifter
schedule-box-home_service = hemservicekund
schedule-no-home-service = Hemservicekunder kan inte väljas: konfigurationen anger ingen kundgrupp för dem.
schedule-label-open_debts_over = Obetalda avgifter över (euro)
schedule-hint-open_debts_over = Tomt: vilket belopp som helst, om avgifter är valt.
schedule-label-not_verified_for = Inte kontrollerad på (månader)
schedule-label-collection_within = Till indrivning inom (dagar)
schedule-label-turning_15_within = Fyller 15 år inom (dagar)
schedule-label-home_library = Hembibliotek
schedule-hint-home_library = Exakt som i registret; flera åtskilda med semikolon.
schedule-label-patron_group = Kundgrupp
schedule-hint-patron_group = Exakt som i registret; flera åtskilda med semikolon.
schedule-label-language = Språk
schedule-label-age_comparison = Åldern jämförs
schedule-age-under = under
schedule-age-at_most = högst
schedule-age-exactly = precis
schedule-age-at_least = minst
schedule-age-over = över
schedule-label-age = Ålder (år)
schedule-by-text = Skriv urvalet, för erfarna
schedule-label-segment = Urvalet som text
schedule-hint-segment = Till exempel:
schedule-count = Räkna
schedule-counted =
    { $count ->
        [one] En person: { $reading }
       *[other] { $count } personer: { $reading }
    }
schedule-label-budget = Förfrågningskvot: hur många personer en körning får fråga om som mest
schedule-hint-budget = En körning som skulle överskrida den stannar innan den börjar.
schedule-label-over_budget = Om personerna är fler
schedule-preview = Förhandsgranska
schedule-preview-help = Ingenting sparas före förhandsgranskningen, och BDS tillfrågas inte.
schedule-preview-title = Förhandsgranskning
schedule-preview-lead = Så här skulle det gå om den kördes nu. Ingenting är sparat ännu.
schedule-changes-title = Vad som ändras
schedule-no-changes = Ingenting ändras.
schedule-numbers-title = Vad den skulle fråga, kosta och ge
schedule-number-selects = Urval
schedule-number-people = Personer
schedule-number-left-out = Lämnas bort
schedule-number-budget = Förfrågningskvot
schedule-number-requests = Förfrågningar
schedule-number-price = Pris
schedule-number-time = Tid
schedule-number-queue = Granskningskö
schedule-nobody = ingen
schedule-over = över kvoten
schedule-people =
    { $count ->
        [one] En person får efterfrågas
       *[other] { $count } personer får efterfrågas
    }
schedule-budget-within = { $asked } av { $most } personer, { $left } kvar
schedule-budget-waits = { $over } personer för många för { $most }: ingen skulle efterfrågas, körningen skulle vänta
schedule-budget-first = De { $most } som längst varit okontrollerade skulle efterfrågas, { $over } skulle inte kontrolleras
schedule-requests-base_data =
    { $count ->
        [one] en förfrågan om grunduppgifter
       *[other] { $count } förfrågningar om grunduppgifter
    }
schedule-requests-single_query =
    { $count ->
        [one] en förfrågan om en person
       *[other] { $count } förfrågningar om en person var
    }
schedule-price = { $euros } €
schedule-time =
    { $count ->
        [one] högst en minut
       *[other] högst { $count } minuter
    }
schedule-queue-own_year = { $from }–{ $to } ärenden att vänta, som här under det senaste året
schedule-queue-elsewhere = { $from }–{ $to } ärenden att vänta, som vid adresskontroller på annat håll
schedule-shares-title = Per kommun
schedule-municipality = Kommun
schedule-ceilings-title = Vad som återstår av taken
schedule-ceiling = Tak
schedule-ceiling-then = Använt därefter
schedule-ceiling-left = Kvar
schedule-ceiling-reached = Ett tak skulle överskridas: körningen skulle inte börja i dag.
schedule-ceiling-used = { $used } av { $ceiling }
schedule-ceiling-installation-day = hela installationen, i dag
schedule-ceiling-installation-month = hela installationen, den här månaden
schedule-ceiling-municipality-day = { $name }, i dag
schedule-ceiling-municipality-month = { $name }, den här månaden
schedule-ceiling-purpose-day = { $name }, i dag
schedule-ceiling-purpose-month = { $name }, den här månaden
schedule-no-sample = Inget stickprov visas: urvalet är så litet att det skulle röja personer.
schedule-sample-title = Några av dem som skulle efterfrågas först, maskerade
schedule-sample-card = Kort
schedule-sample-group = Kundgrupp
schedule-sample-language = Språk
schedule-sample-verified = Kontrollerad
schedule-no-group = ingen grupp
schedule-never-verified = aldrig
schedule-nothing-asked = BDS tillfrågades inte för detta.
schedule-save = Spara
schedule-save-waits = Spara för en andra godkännare
schedule-change = Ändra
schedule-pause-title = Pausa schemaläggningen
schedule-pause-lead = Schemaläggningen bevaras som den är. Ingenting startas före den dag du väljer eller innan någon återupptar den.
schedule-pause-feed = Den här schemaläggningen hämtar ändringar. BDS sparar ändringar i 14 dagar.
schedule-pause-urgent = När pausen slutar har ändringar inte hämtats på { $days } dagar. BDS sparar dem i 14, så då får inget gå fel.
schedule-pause-lost = När pausen slutar har ändringar inte hämtats på { $days } dagar. BDS sparar dem i 14, så alla måste läsas på nytt, vilket kostar.
schedule-pause-known = Jag vet vad pausen leder till
schedule-label-reason = Orsak
schedule-hint-reason = Några ord. Andra ser dem; skriv inget namn och ingen personbeteckning.
schedule-label-until = Får starta igen
schedule-hint-until = Från den här dagens början, högst ett år framåt.
schedule-remove-title = Ta bort schemaläggningen
schedule-remove-lead = { $name } startar inte längre. Dess versioner och körningar bevaras, och namnet blir ledigt.
schedule-run-title = Kör schemaläggningen nu
schedule-run-task = Den startar en omgång av uppgiften. Uppgiften gör det som är aktuellt.
schedule-run-not = Kör inte
schedule-queries-title = Förfrågningar till BDS
schedule-queries-stop = Stoppa alla förfrågningar
schedule-queries-resume = Återuppta förfrågningarna
schedule-queries-lead = Nödbroms: från och med nu tillfrågas BDS inte alls, varken av schemaläggningen eller av personalen. Annat arbete fortsätter.
schedule-queries-resume-lead = När du återupptar frågar schemaläggningen och personalen BDS igen.
schedule-queries-again = Ändra orsak eller slut
schedule-queries-reason = Ange kort orsaken, på en rad med högst { $most } tecken.
schedule-queries-not_stopped = Förfrågningarna är inte stoppade.
schedule-label-stop-until = Slutar av sig självt (valfritt)
schedule-hint-stop-until = Från den här dagens början. Tomt: tills någon återupptar.
schedule-slices-title = Första laddningen i portioner
schedule-slices-lead = Den första jämförelsen av ett register ger många ärenden på en gång. Ett visst antal per dag kan öppnas. Dödsfall, spärrmarkeringar, personbeteckningar och svar som inte passar någon öppnas ändå genast.
schedule-slices-none = Det finns inga portioner: varje ärende öppnas när det hittas.
schedule-slices-state = { $per_day } ärenden per dag, valt av { $who } { $since }. { $opened } öppnade, { $left } kvar, ungefär { $days } dagar.
schedule-slices-order = Öppnas först: { $order }; sedan de äldsta.
schedule-slices-per-day = Ärenden per dag
schedule-slices-number = Skriv ett tal, minst 1.
schedule-slices-first = Vad som öppnas först
schedule-slices-place = Plats { $place }
schedule-slices-oldest = de äldsta
schedule-slices-save = Ställ in portionerna
schedule-slices-end = Avsluta portionerna
schedule-slices-end-help = Allt som hålls tillbaka öppnas genast.
schedule-priority-debts = obetalda avgifter
schedule-priority-wrong_contact_details = felaktiga kontaktuppgifter
schedule-priority-invoice_sent = faktura skickad
schedule-priority-borrowing_ban = låneförbud
schedule-priority-use_ban = användningsförbud
schedule-left-out-organisation = sammanslutning
schedule-left-out-no_code = ingen personbeteckning
schedule-left-out-test_code = testbeteckning
schedule-left-out-birth_date_disagrees = födelsedatumet stämmer inte med personbeteckningen
schedule-left-out-impossible_age = omöjlig ålder
schedule-left-out-restricted = behandlingen är begränsad
schedule-left-out-objected = har motsatt sig behandlingen
schedule-left-out-pre_registration = förhandsregistrering
schedule-left-out-no_permit = kommunen har inget tillstånd
schedule-left-out-not_in_register = inte i den senaste registerfilen
schedule-left-out-test_pending = prövas på nytt
schedule-left-out-code_changed = personbeteckningen har ändrats
schedule-left-out-code_passivated = personbeteckningen är passiverad
schedule-left-out-forgotten = bevaras inte längre
schedule-left-out-does_not_open = raden kan inte öppnas
schedule-left-out-other_municipality = hör nu till en annan kommun
schedule-left-out-unreadable = kunde inte läsas
schedule-left-out-vtj = BDS nekade eller svarade inte
