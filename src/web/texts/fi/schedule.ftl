menu-schedules = Ajastukset
schedule-title = Ajastukset
schedule-back = Ajastuksiin
schedule-new = Uusi ajastus
schedule-new-title = Uusi ajastus
schedule-edit-title = Muuta ajastusta
schedule-name = Nimi
schedule-does = Mitä se tekee
schedule-when-due = Milloin
schedule-next = Seuraava ajo
schedule-state = Tila
schedule-last = Viimeisin ajo
schedule-last-run = { $at }: { $state }
schedule-origin = Peräisin
schedule-origin-configuration = asetustiedosto
schedule-origin-administrator = pääkäyttäjä
schedule-its-end = päättymisaika
schedule-empty = Ajastuksia ei vielä ole. Luo ensimmäinen tai kirjoita se asetustiedostoon.
schedule-waits-second = odottaa toista hyväksyjää
schedule-state-in_force = voimassa
schedule-state-paused = keskeytetty
schedule-state-waiting = ei vielä hyväksytty
schedule-state-disabled = pois käytöstä
schedule-state-unreadable = ei luettavissa
schedule-unreadable-help = Ajastuksen tallennettua sisältöä ei voi lukea, joten se ei käynnistä mitään. Kerro asiasta ylläpidolle.
schedule-none = ei ole
schedule-none-paused = ei ole keskeytyksen aikana ({ $until } asti)
schedule-none-waiting = Ei ole ennen kuin toinen hyväksyjä on hyväksynyt sen.
schedule-when = { $weekday } { $local }
schedule-does-refresh = Päivitysajo, { $purpose }: { $municipalities }
schedule-task-enrol = Päättää, ketä seurataan
schedule-task-fetch = Hakee muutokset VTJ:stä
schedule-task-refresh = Lukee muuttuneiden henkilöiden tiedot
schedule-task-reconcile = Vertaa rekisteriä VTJ:hin
schedule-task-apply = Kirjaa hyväksytyt korjaukset
schedule-task-estate = Vie kuolinpesäasioita eteenpäin
schedule-task-housekeeping = Sulkee ja poistaa määräajan täyttäneet
schedule-field-task = Käynnistää
schedule-field-municipalities = Kunnat
schedule-field-segment = Rajaus
schedule-field-purpose = Käyttötarkoitus
schedule-field-budget = Yhden ajon kyselykiintiö
schedule-field-over_budget = Jos henkilöitä on enemmän
schedule-field-cron = Milloin
schedule-field-enabled = Käytössä
schedule-field-overlap = Jos edellinen ajo on kesken
schedule-field-start_within = Saa alkaa myöhässä
schedule-field-catch_up = Väliin jäänyt ajo korvataan
schedule-field-skip_holidays = Ei ajeta pyhinä
schedule-over_budget-wait = ketään ei kysytä, ajo jää odottamaan
schedule-over_budget-first = pisimpään tarkistamatta olleet ensin
schedule-overlap-forbid = tämä jätetään väliin
schedule-overlap-queue = tämä alkaa sen jälkeen
schedule-enabled-yes = kyllä
schedule-enabled-no = ei: asetustiedostossa enabled = false
schedule-catch_up-yes = kyllä, kerran
schedule-catch_up-no = ei
schedule-any-time = milloin tahansa
schedule-all-holidays = kaikki pyhät
schedule-no-holidays = ei mitään
schedule-days =
    { $count ->
        [one] yksi päivä
       *[other] { $count } päivää
    }
schedule-hours =
    { $count ->
        [one] yksi tunti
       *[other] { $count } tuntia
    }
schedule-minutes =
    { $count ->
        [one] yksi minuutti
       *[other] { $count } minuuttia
    }
schedule-version-made = Versio { $version }, tekijä { $by }, { $at }.
schedule-version-approved = Versio { $version }, tekijä { $by }, { $at }, toinen hyväksyjä { $approver }.
schedule-selected-then =
    { $count ->
        [one] Rajaukseen kuului silloin yksi henkilö.
       *[other] Rajaukseen kuului silloin { $count } henkilöä.
    }
schedule-stopped = Kaikki kyselyt VTJ:hin on pysäytetty: { $who }, { $since } alkaen, kunnes joku jatkaa niitä.
schedule-stopped-until = Kaikki kyselyt VTJ:hin on pysäytetty: { $who }, { $since } alkaen, { $until } asti.
schedule-stopped-because = Syy:
schedule-paused = Keskeytetty: { $who }, { $since } alkaen, { $until } asti. Sinä aikana mitään ei käynnistetä.
schedule-waiting-title = Muutos odottaa toista hyväksyjää
schedule-second-help = Muutoksen hyväksyy joku muu kuin sen tekijä, omalla tunnuksellaan ja omassa istunnossaan. Tekijä voi perua sen.
schedule-approve = Hyväksy versio { $version }
schedule-withdraw = Peru versio { $version }
schedule-of-configuration-help = Ajastus on asetustiedostossa ja sitä muutetaan siellä. Täällä sen voi keskeyttää ja ajaa.
schedule-run-now = Aja nyt
schedule-edit = Muuta
schedule-pause = Keskeytä
schedule-pause-again = Muuta keskeytystä
schedule-resume = Jatka
schedule-remove = Poista
schedule-keep = Säilytä
schedule-content-title = Sisältö
schedule-runs-title = Viimeisimmät ajot
schedule-no-runs = Sitä ei ole vielä ajettu.
schedule-all-runs = Kaikki sen ajot
schedule-history-title = Historia
schedule-added = lisätty:
schedule-removed = poistettu:
schedule-happened-made = { $by } teki version { $version } ({ $state }).
schedule-happened-approved = { $by } hyväksyi version { $version }.
schedule-happened-withdrawn = { $by } perui version { $version }.
schedule-happened-paused = { $by } keskeytti sen { $until } asti.
schedule-happened-resumed = { $by } jatkoi sitä.
schedule-happened-pause_over = Keskeytys päättyi.
schedule-happened-removed = { $by } poisti sen.
schedule-version-state-in_force = nyt voimassa
schedule-version-state-waiting = odottaa toista hyväksyjää
schedule-version-state-former = ei enää voimassa
schedule-version-state-withdrawn = peruttu
schedule-next-title = Seuraavat kymmenen ajoa
schedule-next-weekday = Viikonpäivä
schedule-next-local = Päivä ja kellonaika
schedule-next-offset = Ero UTC-aikaan
schedule-next-notes = Huomautus
schedule-next-left-out = ei ajeta: { $holiday }
schedule-done-saved = Ajastus on tallennettu ja voimassa.
schedule-done-waits = Muutos on tallennettu. Se odottaa toista hyväksyjää.
schedule-done-unchanged = Mitään ei muutettu.
schedule-done-approved = Muutos on hyväksytty ja voimassa.
schedule-done-withdrawn = Muutos on peruttu.
schedule-done-paused = Ajastus on keskeytetty.
schedule-done-resumed = Ajastusta jatketaan.
schedule-done-removed = Ajastus on poistettu. Sen historia säilyy.
schedule-done-stopped = Kaikki kyselyt VTJ:hin on pysäytetty.
schedule-done-queries_resumed = Kyselyjä VTJ:hin tehdään taas.
schedule-done-slices = Erät on asetettu.
schedule-done-slices_ended = Erät on lopetettu, ja kaikki tapaukset ovat avoinna.
schedule-problems = Jotakin on vielä korjattava. Mitään ei muutettu.
schedule-error-name_taken = Toisella ajastuksella on tämä nimi. Valitse toinen.
schedule-error-of_configuration = Ajastus on asetustiedostossa. Muuta sitä siellä.
schedule-error-moved = Joku muu on sillä välin muuttanut ajastusta: sen uusin versio on { $newest }.
schedule-error-nothing_waits = Mikään muutos ei enää odota toista hyväksyjää.
schedule-error-not_paused = Ajastusta ei ole keskeytetty.
schedule-error-changed = Joku muu on sillä välin muuttanut sitä.
schedule-refused-not_administrator = Vain rekisterin pääkäyttäjät suunnittelevat ajastuksia ja käynnistävät ajoja.
schedule-refused-of_others = Et ole näiden kuntien pääkäyttäjä: { $lacking }. Pääkäyttäjiä ovat: { $who }.
schedule-refused-nobody = Et ole näiden kuntien pääkäyttäjä: { $lacking }. Kenelläkään ei ole kaikkia kuntia. Pyydä tunnus, jolla on.
schedule-refused-same_account = Version { $version } teki { $maker }, tällä tunnuksella. Sen hyväksyy toinen henkilö.
schedule-refused-same_os_user = Version { $version } teki { $maker }, samana käyttöjärjestelmän käyttäjänä. Sen hyväksyy toinen henkilö.
schedule-refused-same_session = Version { $version } teki { $maker }, samassa istunnossa. Sen hyväksyy toinen henkilö.
schedule-weight-title = Tarvitaan toinen hyväksyjä
schedule-weight-selects = Muuttuu: { $fields }. Rajaukseen kuuluu { $number } henkilöä, mikä on enemmän kuin { $limit }.
schedule-weight-budget = Muuttuu: { $fields }. Kyselykiintiö on { $number }, mikä on enemmän kuin { $limit }.
schedule-weight-help = Muutos tulee voimaan, kun toinen pääkäyttäjä on hyväksynyt sen.
schedule-wrong-no_municipality = Valitse vähintään yksi kunta.
schedule-wrong-unknown_municipalities = Näillä kunnilla ei ole täällä lupaa: { $municipalities }.
schedule-wrong-budget = Kirjoita luku väliltä 1–10 000 000.
schedule-wrong-start_within = Kirjoita vähintään minuutti, esimerkiksi 6h.
schedule-wrong-unknown_purpose = Valitse jokin käyttötarkoituksista.
schedule-wrong-no_change_interface = Muutosrajapintaa ei ole otettu käyttöön, joten rekisterin ylläpito ei onnistu.
schedule-wrong-not_open_to = Tämä käyttötarkoitus ei ole sallittu kunnille { $municipalities }.
schedule-wrong-no_query_interface = Yksittäisen henkilön kyselyä ei ole otettu käyttöön; valitse asiakasrekisterin ylläpito.
schedule-wrong-segment = Asetuksissa ei sanota, mitkä asiakasryhmät ovat kotipalveluasiakkaita.
schedule-unusable-name = Nimessä on 1–60 kirjainta, numeroa, välilyöntiä ja merkkiä - _ .
schedule-unusable-code = Tekstissä on henkilötunnus: jätä se pois.
schedule-unusable-kind = Ajastus käynnistää joko tehtävän tai päivitysajon; sitä ei voi vaihtaa.
schedule-unusable-no_reason = Kerro lyhyesti syy.
schedule-unusable-long_reason = Kirjoita enintään { $most } merkkiä.
schedule-unusable-pause_end = Keskeytys päättyy myöhemmin, viimeistään { $last }.
schedule-choose-when = Valitse, milloin se ajetaan.
schedule-choose-holidays = Valitse luettelon pyhistä.
schedule-needed-budget = Kerro, montako henkilöä yhdellä ajolla saa enintään kysyä.
schedule-needed-purpose = Valitse käyttötarkoitus.
schedule-needed-municipality = Valitse vähintään yksi kunta.
schedule-number = Kirjoita luku väliltä { $least }–{ $most }.
schedule-euros = Kirjoita euroja, esimerkiksi 12,50.
schedule-write-time = Kirjoita minuutteja, tunteja tai päiviä: 90m, 6h tai 2d.
schedule-write-day = Valitse päivä.
schedule-end-passed = Päivä on jo mennyt. Valitse myöhempi.
schedule-segment-position = Rajausta ei voi lukea merkistä { $position } alkaen.
schedule-segment-bounds = Rajaus on liian suuri, tai jokin arvo on sallitun ulkopuolella.
schedule-cron-field_count = Kirjoita viisi kenttää: minuutti, tunti, päivä, kuukausi ja viikonpäivä. Nyt niitä on { $found }.
schedule-cron-seconds = Kenttiä on { $found }. Jätä pois sekunnit ja vuosi ja kirjoita viisi.
schedule-cron-reboot = @reboot ei ole aika. Kirjoita aika, esimerkiksi @daily.
schedule-cron-shorthand = { $text } ei ole tunnettu. Kirjoita @hourly, @daily, @weekly, @monthly tai @yearly.
schedule-cron-special = { $text }: merkkejä L, W ja # ei lueta tässä.
schedule-cron-value = { $text }: kirjoita luku väliltä { $low }–{ $high }, väli, luettelo tai *.
schedule-cron-backwards = { $text } kulkee väärin päin. Kirjoita { $instead }.
schedule-cron-step_without_range = { $text }: askel tarvitsee välin. Kirjoita { $instead }.
schedule-cron-step = { $text }: askel on luku väliltä 1–{ $high }.
schedule-cron-day_and_weekday = Sekä päivä että viikonpäivä on annettu. Kirjoita { $day } tai { $weekday }, tai tee kaksi ajastusta.
schedule-cron-impossible_date = Missään vuodessa ei ole sellaista päivää (päivä { $day }, kuukausi { $month }).
schedule-label-name = Nimi
schedule-hint-name = Esimerkiksi: ennen perintää. Älä kirjoita henkilön nimeä.
schedule-when-own = Oma lauseke, kokeneille
schedule-label-expression = Lauseke
schedule-hint-expression = Minuutti, tunti, päivä, kuukausi ja viikonpäivä Helsingin ajassa, esimerkiksi 0 6 * * WED.
schedule-explain-title = Mitä lauseke tarkoittaa
schedule-explain = Selitä
schedule-more-times = Pyhät, myöhästyminen, kesken olevat ajot
schedule-label-start_within = Saa alkaa enintään näin myöhässä
schedule-hint-start_within = 90m, 6h tai 2d. Tyhjä: milloin tahansa.
schedule-label-overlap = Jos edellinen ajo on kesken
schedule-label-catch_up = Korvaa kerran ajo, jota mikään ei ollut käynnistämässä
schedule-segment-title = Ketkä asiakkaat
schedule-by-rows = Valitse tässä
schedule-by-rows-help = Kaikkien valintojen on täytyttävä. Jos et valitse mitään: kuntien kaikki asiakkaat.
schedule-box-never_verified = ei koskaan tarkistettu
schedule-box-wrong_contact_details = väärät yhteystiedot
schedule-box-open_debts = maksamattomia maksuja
schedule-box-home_service = kotipalveluasiakas
schedule-no-home-service = Kotipalveluasiakkaita ei voi valita: asetuksissa ei ole heidän asiakasryhmäänsä.
schedule-label-open_debts_over = Maksamattomia maksuja yli (euroa)
schedule-hint-open_debts_over = Tyhjä: mikä tahansa summa, jos maksut on valittu.
schedule-label-not_verified_for = Tarkistamatta vähintään (kuukautta)
schedule-label-collection_within = Perintään viimeistään (päivän kuluessa)
schedule-label-turning_15_within = Täyttää 15 vuotta (päivän kuluessa)
schedule-label-home_library = Kotikirjasto
schedule-hint-home_library = Täsmälleen kuten rekisterissä; useat puolipisteellä erotettuna.
schedule-label-patron_group = Asiakasryhmä
schedule-hint-patron_group = Täsmälleen kuten rekisterissä; useat puolipisteellä erotettuna.
schedule-label-language = Kieli
schedule-label-age_comparison = Iän vertailu
schedule-age-under = alle
schedule-age-at_most = enintään
schedule-age-exactly = tasan
schedule-age-at_least = vähintään
schedule-age-over = yli
schedule-label-age = Ikä (vuotta)
schedule-by-text = Kirjoita rajaus, kokeneille
schedule-label-segment = Rajaus tekstinä
schedule-hint-segment = Esimerkiksi:
schedule-count = Laske
schedule-counted =
    { $count ->
        [one] Yksi henkilö: { $reading }
       *[other] { $count } henkilöä: { $reading }
    }
schedule-label-budget = Kyselykiintiö: montako henkilöä yhdellä ajolla saa enintään kysyä
schedule-hint-budget = Ajo, joka ylittäisi sen, pysähtyy ennen alkuaan.
schedule-label-over_budget = Jos henkilöitä on enemmän
schedule-preview = Esikatsele
schedule-preview-help = Mitään ei tallenneta ennen esikatselua, eikä VTJ:ltä kysytä mitään.
schedule-preview-title = Esikatselu
schedule-preview-lead = Näin kävisi, jos ajo alkaisi nyt. Mitään ei ole vielä tallennettu.
schedule-changes-title = Mikä muuttuu
schedule-no-changes = Mikään ei muutu.
schedule-numbers-title = Mitä se kysyisi, maksaisi ja toisi
schedule-number-selects = Rajaus
schedule-number-people = Henkilöitä
schedule-number-left-out = Jätetään pois
schedule-number-budget = Kyselykiintiö
schedule-number-requests = Kyselyjä
schedule-number-price = Hinta
schedule-number-time = Kesto
schedule-number-queue = Tarkistusjono
schedule-nobody = ei ketään
schedule-over = yli kiintiön
schedule-people =
    { $count ->
        [one] Yhden henkilön tiedot saa kysyä
       *[other] { $count } henkilön tiedot saa kysyä
    }
schedule-budget-within = { $asked }/{ $most } henkilöä, jäljellä { $left }
schedule-budget-waits = { $over } henkilöä liikaa, kiintiö on { $most }: ketään ei kysyttäisi, ajo jäisi odottamaan
schedule-budget-first = { $most } pisimpään tarkistamatta ollutta kysyttäisiin, { $over } jäisi tarkistamatta
schedule-requests-base_data =
    { $count ->
        [one] yksi perustietokysely
       *[other] { $count } perustietokyselyä
    }
schedule-requests-single_query =
    { $count ->
        [one] yksi yhden henkilön kysely
       *[other] { $count } yhden henkilön kyselyä
    }
schedule-price = { $euros } €
schedule-time =
    { $count ->
        [one] enintään yksi minuutti
       *[other] enintään { $count } minuuttia
    }
schedule-queue-own_year = odotettavissa { $from }–{ $to } tapausta, kuten täällä viime vuonna
schedule-queue-elsewhere = odotettavissa { $from }–{ $to } tapausta, kuten osoitetarkistuksissa muualla
schedule-shares-title = Kunnittain
schedule-municipality = Kunta
schedule-ceilings-title = Mitä enimmäismääristä jää
schedule-ceiling = Enimmäismäärä
schedule-ceiling-then = Käytetty sen jälkeen
schedule-ceiling-left = Jäljellä
schedule-ceiling-reached = Enimmäismäärä ylittyisi: ajo ei alkaisi tänään.
schedule-ceiling-used = { $used }/{ $ceiling }
schedule-ceiling-installation-day = koko asennus, tänään
schedule-ceiling-installation-month = koko asennus, tässä kuussa
schedule-ceiling-municipality-day = { $name }, tänään
schedule-ceiling-municipality-month = { $name }, tässä kuussa
schedule-ceiling-purpose-day = { $name }, tänään
schedule-ceiling-purpose-month = { $name }, tässä kuussa
schedule-no-sample = Otosta ei näytetä: rajaus on niin pieni, että otos kertoisi henkilöistä.
schedule-sample-title = Joitakin ensimmäisinä kysyttävistä, peitettynä
schedule-sample-card = Kortti
schedule-sample-group = Asiakasryhmä
schedule-sample-language = Kieli
schedule-sample-verified = Tarkistettu
schedule-no-group = ei ryhmää
schedule-never-verified = ei koskaan
schedule-nothing-asked = Tätä varten VTJ:ltä ei kysytty mitään.
schedule-save = Tallenna
schedule-save-waits = Tallenna toisen hyväksyttäväksi
schedule-change = Muuta
schedule-pause-title = Keskeytä ajastus
schedule-pause-lead = Ajastus säilyy ennallaan. Mitään ei käynnistetä ennen valitsemaasi päivää tai ennen kuin joku jatkaa sitä.
schedule-pause-feed = Tämä ajastus hakee muutokset. VTJ säilyttää muutokset 14 päivää.
schedule-pause-urgent = Keskeytyksen päättyessä muutoksia ei ole haettu { $days } päivään. VTJ säilyttää ne 14 päivää, joten mikään ei saa silloin mennä vikaan.
schedule-pause-lost = Keskeytyksen päättyessä muutoksia ei ole haettu { $days } päivään. VTJ säilyttää ne 14 päivää, joten kaikki on luettava uudelleen, mikä maksaa.
schedule-pause-known = Tiedän, mihin keskeytys johtaa
schedule-label-reason = Syy
schedule-hint-reason = Muutama sana. Muut näkevät ne; älä kirjoita nimeä tai henkilötunnusta.
schedule-label-until = Saa taas alkaa
schedule-hint-until = Tämän päivän alusta lähtien, enintään vuoden päästä.
schedule-remove-title = Poista ajastus
schedule-remove-lead = { $name } ei enää käynnisty. Sen versiot ja ajot säilyvät, ja nimi vapautuu.
schedule-run-title = Aja ajastus nyt
schedule-run-task = Se käynnistää yhden kierroksen tehtävästä. Tehtävä tekee sen, mikä on ajankohtaista.
schedule-run-not = Älä aja
schedule-queries-title = Kyselyt VTJ:hin
schedule-queries-stop = Pysäytä kaikki kyselyt
schedule-queries-resume = Jatka kyselyjä
schedule-queries-lead = Hätäjarru: tästä hetkestä alkaen VTJ:ltä ei kysytä mitään, eivät ajastukset eikä henkilökunta. Muu työ jatkuu.
schedule-queries-resume-lead = Kun jatkat, ajastukset ja henkilökunta kysyvät taas VTJ:ltä.
schedule-queries-again = Muuta syytä tai päättymistä
schedule-queries-reason = Kerro lyhyesti syy, yhdellä rivillä ja enintään { $most } merkillä.
schedule-queries-not_stopped = Kyselyjä ei ole pysäytetty.
schedule-label-stop-until = Päättyy itsestään (valinnainen)
schedule-hint-stop-until = Tämän päivän alusta. Tyhjä: kunnes joku jatkaa.
schedule-slices-title = Ensilataus erissä
schedule-slices-lead = Rekisterin ensimmäinen vertailu tuo kerralla paljon tapauksia. Niitä voi avata enintään tietyn määrän päivässä. Kuolemat, turvakiellot, henkilötunnukset ja kenellekään sopimattomat vastaukset avataan silti heti.
schedule-slices-none = Eriä ei ole: jokainen tapaus avataan heti, kun se löytyy.
schedule-slices-state = { $per_day } tapausta päivässä, valinnut { $who } { $since }. Avattu { $opened }, jäljellä { $left }, noin { $days } päivää.
schedule-slices-order = Avataan ensin: { $order }; sitten vanhimmat.
schedule-slices-per-day = Tapauksia päivässä
schedule-slices-number = Kirjoita luku, vähintään 1.
schedule-slices-first = Mitkä avataan ensin
schedule-slices-place = { $place }. sija
schedule-slices-oldest = vanhimmat
schedule-slices-save = Aseta erät
schedule-slices-end = Lopeta erät
schedule-slices-end-help = Kaikki odottavat tapaukset avataan heti.
schedule-priority-debts = maksamattomia maksuja
schedule-priority-wrong_contact_details = väärät yhteystiedot
schedule-priority-invoice_sent = lasku lähetetty
schedule-priority-borrowing_ban = lainauskielto
schedule-priority-use_ban = käyttökielto
schedule-left-out-organisation = yhteisö
schedule-left-out-no_code = ei henkilötunnusta
schedule-left-out-test_code = testitunnus
schedule-left-out-birth_date_disagrees = syntymäaika ei vastaa henkilötunnusta
schedule-left-out-impossible_age = mahdoton ikä
schedule-left-out-restricted = tietojen käsittelyä on rajoitettu
schedule-left-out-objected = on vastustanut käsittelyä
schedule-left-out-pre_registration = ennakkorekisteröityminen
schedule-left-out-no_permit = kunnalla ei ole lupaa
schedule-left-out-not_in_register = ei viimeisimmässä rekisteritiedostossa
schedule-left-out-test_pending = tutkitaan uudelleen
schedule-left-out-code_changed = henkilötunnus on muuttunut
schedule-left-out-code_passivated = henkilötunnus on passivoitu
schedule-left-out-forgotten = tietoja ei enää säilytetä
schedule-left-out-does_not_open = riviä ei voi avata
schedule-left-out-other_municipality = kuuluu nyt toiseen kuntaan
schedule-left-out-unreadable = ei voitu lukea
schedule-left-out-vtj = VTJ kieltäytyi tai ei vastannut
