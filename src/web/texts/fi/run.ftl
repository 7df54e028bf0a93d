menu-runs = Ajot
run-title = Ajot
run-one-title = Ajo
run-at = Ajankohta
run-schedule = Ajastus
run-state = Tila
run-all = kaikki
run-filter = Näytä
run-none = Mitään ei ole vielä ajettu.
run-none-of-filter = Yksikään ajo ei täsmää. Valitse toinen ajastus tai tila.
run-pages = Sivut
run-first-page = Uusimmat
run-next-page = Vanhemmat
run-state-planned = suunniteltu
run-state-running = käynnissä
run-state-waiting_for_budget = odottaa kyselykiintiötä
run-state-done = valmis
run-state-partly_done = osittain valmis
run-state-failed = epäonnistui
run-state-skipped = jätetty väliin
run-state-missed = jäänyt väliin
run-said-planned = Se on suunniteltu eikä ole vielä alkanut.
run-said-running = Se on käynnissä.
run-said-waiting_for_budget = Se odottaa.
run-said-done = Se on valmis.
run-said-partly_done = Se on osittain valmis.
run-said-failed = Se epäonnistui.
run-said-skipped = Se jätettiin väliin.
run-said-missed = Se jäi väliin.
run-said-missed_many = { $count } peräkkäistä ajoa jäi väliin.
run-said-because = { $said } Syy: { $reason }.
run-reason-overlap = ajastuksen edellinen ajo oli kesken
run-reason-holiday = ajastusta ei käynnistetä tänä pyhänä
run-reason-paused = ajastus oli keskeytetty
run-reason-queries_stopped = kaikki kyselyt VTJ:hin oli pysäytetty
run-reason-cancelled = joku perui sen
run-reason-removed = ajastus poistettiin ennen ajon alkua
run-reason-done_already = tehtävä oli jo tehty määräajan jälkeen
run-reason-too_late = se ei voinut alkaa sallitussa ajassa
run-reason-nobody_ran = palvelu ei ollut käynnissä
run-reason-over_budget = rajauksessa on enemmän henkilöitä kuin kyselykiintiössä
run-reason-ceiling = se ylittäisi yhden henkilön kyselyjen enimmäismäärän
run-reason-errors = joitakin ei voitu lukea ja ne siirrettiin sivuun
run-reason-vtj = VTJ ei vastannut tai kieltäytyi
run-reason-database = tietokanta ei toiminut
run-reason-register = asiakasrekisteri ei toiminut
run-reason-cursor_too_old = muutoksia ei ole haettu niin pitkään aikaan kuin VTJ ne säilyttää
run-reason-not_configured = sen tarvitsemaa rajapintaa ei ole otettu käyttöön
run-reason-not_usable = kuntaa, käyttötarkoitusta tai rajausta ei voi nyt käyttää
run-reason-not_available = tämä ohjelmaversio ei osaa sitä
run-unchecked-nobody_selected = Ketään ei valittu.
run-unchecked-nobody = Yksikään { $people } henkilöstä ei jäänyt tarkistamatta.
run-unchecked-failed = { $failed }/{ $people } henkilöä ei voitu tarkistaa.
run-unchecked-left = { $left }/{ $people } henkilöä jäi tarkistamatta.
run-unchecked-both = { $left }/{ $people } henkilöä jäi tarkistamatta, ja { $failed } ei voitu tarkistaa.
run-note = Ohjelman merkintä:
run-progress-label = Edistyminen
run-progress = { $done }/{ $people } henkilöä
run-progress-rate = { $done }/{ $people } henkilöä, { $rate } sekunnissa, jäljellä noin { $left }
run-progress-none = Ketään ei ole vielä valittu.
run-seconds =
    { $count ->
        [one] yksi sekunti
       *[other] { $count } sekuntia
    }
run-minutes =
    { $count ->
        [one] yksi minuutti
       *[other] { $count } minuuttia
    }
run-hours =
    { $count ->
        [one] yksi tunti
       *[other] { $count } tuntia
    }
run-refresh = Päivitä
run-cancel = Peru ajo
run-cancel-help = VTJ:n vastaukset säilyvät.
run-retry = Kysy tarkistamatta jääneet
run-retry-help = Uusi ajo kysyy ne, jotka jäivät tarkistamatta tai siirrettiin sivuun.
run-numbers-title = Luvut
run-fact-origin = Käynnistystapa
run-fact-started_by = Käynnistäjä
run-fact-version = Ajastuksen versio
run-fact-due_at = Määräaika
run-fact-planned_at = Suunniteltu
run-fact-started_at = Alkoi
run-fact-finished_at = Päättyi
run-fact-try_again_at = Jatkuu
run-fact-purpose = Käyttötarkoitus
run-fact-budget = Kyselykiintiö
run-fact-people = Henkilöitä
run-fact-asked = VTJ:n vastaus saatu
run-fact-reused = joista aiempi vastaus riitti
run-fact-left_out = Jätetty pois
run-fact-put_aside = Siirretty sivuun
run-fact-not_checked = Tarkistamatta
run-fact-changed = Uusia vastauksia
run-fact-requests = Vastattuja kyselyjä
run-fact-disclosures = Kyselyjä luovutuslokissa
run-fact-cases = Löydettyjä tapauksia
run-fact-retry_of = Jatkaa ajoa
run-earlier = aiempi ajo
run-origin-schedule = ajastuksen mukaan
run-origin-catch_up = korvaava ajo
run-origin-by_hand = käsin
run-origin-retry = jatkaa toista ajoa
run-left-out-title = Jätetty pois
run-why = Syy
run-put-aside-title = Siirretty sivuun
run-put-aside-more = ja { $count } muuta
run-card = Kortti
run-masked = peitetty
run-done-started = Ajo on suunniteltu. Se alkaa hetken kuluttua.
run-done-cancelled = Ajo on peruttu.
run-done-cancel_asked = Ajo päättyy meneillään olevan erän jälkeen.
run-done-retried = Uusi ajo on suunniteltu. Se alkaa hetken kuluttua.
run-refused-held = Toinen ajo on käynnissä. Yritä uudelleen, kun se on päättynyt.
run-refused-paused = Ajastus on keskeytetty { $until } asti. Jatka sitä ensin.
run-refused-another_open = Ajastuksen toinen ajo on kesken: { $state }. Peru se tai odota sen loppua.
run-refused-ended = Ajo on päättynyt: { $state }.
run-refused-ended_meanwhile = Ajo on sillä välin päättynyt.
run-refused-round_under_way = Tehtävän kierros päättyy itsestään eikä sitä voi katkaista.
run-refused-of_task = Tehtävän kierros koskee sitä, mikä on ajankohtaista. Aja sen ajastus nyt.
run-refused-not_ended = Ajo ei ole päättynyt: { $state }.
run-refused-retried_by = Myöhempi ajo on jatkanut tätä.
run-refused-nobody_left = Ajosta ei ole jäljellä ketään kysyttävää.
run-refused-removed = Sen ajastus on poistettu.
