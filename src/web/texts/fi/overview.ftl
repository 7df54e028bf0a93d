menu-overview = Tilanne
overview-title = Tilanne tänään
overview-today = Mikä odottaa sinua
overview-overdue-help = Kuolemantapaus on myöhässä 30 päivän jälkeen, turvakieltotapaus löytymispäivänsä jälkeen ja muu tapaus 14 päivän jälkeen.
overview-late = myöhässä
overview-health = Toimiiko kaikki
overview-good = Kunnossa
overview-look = Tarkista
overview-queries = Kyselyt VTJ:hin
overview-queries-stopped = Kaikki kyselyt on pysäyttänyt { $name } { $time }.
overview-feed = Muutosrajapinta
overview-feed-nobody = Ketään ei vielä seurata.
overview-feed-fine = Muutokset on haettu viimeksi { $time }.
overview-feed-silent = Muutoksia ei ole saatu { $hours } tuntiin, viimeksi { $time }.
overview-feed-urgent = Aikaa jäljellä { $days } päivää: muutoksia on saatu viimeksi { $time }, ja VTJ säilyttää niitä 14 päivää.
overview-feed-lost = Muutoksia on saatu viimeksi { $time }. Osa on voinut kadota, ja kaikki on ehkä luettava uudelleen.
overview-certificate-ca = VTJ-yhteyden myöntäjän varmenne
overview-certificate-identity = VTJ-yhteyden oma varmenne
overview-certificate-web = Näiden sivujen varmenne
overview-certificate-days = Voimassa vielä { $days } päivää.
overview-certificate-over = Vanhentunut.
overview-certificate-unreadable = Varmennetta ei voi lukea.
overview-budget-day = Kyselykiintiö tänään
overview-budget-month = Kyselykiintiö tässä kuussa
overview-budget-of = Käytetty { $used }, enintään { $ceiling }.
overview-budget-used = Käytetty { $used }, ei ylärajaa.
overview-queue = Tarkistusjono
overview-queue-none = Tarkistettavaa ei ole.
overview-queue-chart = Avoimet asiat lajeittain
overview-queue-caption = Avoimet asiat lajin ja iän mukaan
overview-as-table = Sama taulukkona
overview-kind = Laji
overview-total = Yhteensä
overview-age-0 = 0–7 päivää
overview-age-1 = 8–14 päivää
overview-age-2 = 15–30 päivää
overview-age-3 = yli 30 päivää
overview-runs = Viimeiset ajot
overview-runs-none = Ajoja ei ole vielä ollut.
overview-run-schedule = Ajastus
overview-run-at = Aika
overview-run-state = Tila
overview-run-not-checked = Tarkistamatta
overview-run-planned = suunniteltu
overview-run-running = käynnissä
overview-run-waiting_for_budget = odottaa kiintiötä
overview-run-done = valmis
overview-run-partly_done = osittain valmis
overview-run-failed = epäonnistunut
overview-run-skipped = ohitettu
overview-run-missed = jäänyt väliin
overview-decisions = Päätökset viikoittain
overview-decisions-none = Kahteentoista viikkoon ei ole päätetty mitään.
overview-decisions-chart = Päätöksiä viikossa; viikon maanantai
overview-decisions-caption = Päätökset viikon ja lajin mukaan
overview-week = Viikko alkaen
overview-rules = Hylättyjen osuus säännöittäin
overview-rules-help = Sääntö, jonka ehdotuksista suuri osa hylätään, on ehkä väärä. Kahdentoista viikon päätökset.
overview-rule = Sääntö
overview-rule-decisions = Päätöksiä
overview-rule-rejected = Hylätty
overview-rule-share = Osuus
overview-percent = { $share } %
overview-few = liian vähän päätöksiä
overview-rule-address_permanent_domestic = Vakinainen osoite eroaa
overview-rule-address_permanent_foreign = Vakinainen ulkomainen osoite eroaa
overview-rule-address_temporary_domestic = Tilapäinen osoite eroaa
overview-rule-address_temporary_foreign = Tilapäinen ulkomainen osoite eroaa
overview-rule-address_postal_domestic = Postiosoite eroaa
overview-rule-address_postal_foreign = Ulkomainen postiosoite eroaa
overview-rule-address_contact_domestic = Yhteysosoite eroaa
overview-rule-address_contact_foreign = Ulkomainen yhteysosoite eroaa
overview-rule-permanent_address_abroad = Vakinainen osoite on ulkomailla
overview-rule-home_municipality_abroad = Kotikunta on ulkomailla
overview-rule-surname_differs = Sukunimi eroaa
overview-rule-first_names_differ = Etunimet eroavat
overview-rule-names_differ = Sukunimi ja etunimet eroavat
overview-rule-death_registered = Kuolema rekisteröity
overview-rule-declared_dead = Julistettu kuolleeksi
overview-rule-death_signalled = Kuolemasta ilmoitti muutosrajapinta
overview-rule-death_contradicted = Kuolematieto on ristiriitainen
overview-rule-death_denied = VTJ:n mukaan henkilö elää
overview-rule-death_taken_back = Kuolemantieto peruutettu
overview-rule-order_in_force = Turvakielto voimassa
overview-rule-order_signalled = Turvakiellosta ilmoitti muutosrajapinta
overview-rule-order_ended = Turvakielto päättynyt
overview-rule-code_replaced = Henkilötunnus vaihtunut
overview-rule-answered_under_another_code = Vastaus toisella tunnuksella
overview-rule-successor_is_another_patron = Uusi tunnus on toisen asiakkaan
overview-rule-code_change_signalled = Tunnuksen muutoksesta ilmoitettu
overview-rule-code_passivated = Tunnus passivoitu
overview-rule-code_date_disagrees = Tunnus ja syntymäaika ristiriidassa
overview-rule-birth_date_disagrees = Syntymäaika eroaa
overview-rule-names_do_not_fit = Nimet eivät sovi
overview-rule-answer_of_somebody_else = Vastaus koski toista henkilöä
overview-rule-not_in_answer = Puuttui vastauksesta
overview-rule-language_differs = Asiointikieli eroaa
overview-rule-language_missing = Asiointikieli puuttuu rekisteristä
overview-rule-guarantor_dead = Takaaja kuollut
overview-rule-guardians_differ = Huoltajat tai edunvalvojat eroavat
overview-rule-age_limit_reached = Ikäraja täynnä
overview-rule-answer_unreadable = Vastausta ei voi lukea
overview-rule-claimed_address = Toisen lähteen osoite
overview-rule-claimed_address_abroad = Toisen lähteen ulkomainen osoite
overview-rule-claimed_name = Toisen lähteen nimi
overview-rule-claimed_language = Toisen lähteen kieli
overview-open = { $count ->
    [one] avoin asia
   *[other] avointa asiaa
}
overview-overdue = { $count ->
    [one] myöhässä oleva asia
   *[other] myöhässä olevaa asiaa
}
overview-assigned = { $count ->
    [one] sinulle osoitettu asia
   *[other] sinulle osoitettua asiaa
}
overview-protected = { $count ->
    [one] turvakieltoon tai henkilötunnukseen liittyvä asia
   *[other] turvakieltoon tai henkilötunnukseen liittyvää asiaa
}
