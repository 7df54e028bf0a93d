menu-overview = Läget
overview-title = Läget i dag
overview-today = Vad som väntar på dig
overview-overdue-help = Ett dödsfall är försenat efter 30 dagar, ett ärende om spärrmarkering efter den dag det hittades och andra ärenden efter 14 dagar.
overview-late = försenat
overview-health = Fungerar allt
overview-good = I ordning
overview-look = Kontrollera
overview-queries = Förfrågningar till BDS
overview-queries-stopped = Alla förfrågningar stoppades av { $name } { $time }.
overview-feed = Ändringsgränssnittet
overview-feed-nobody = Ingen följs upp ännu.
overview-feed-fine = Ändringarna hämtades senast { $time }.
overview-feed-silent = Inga ändringar har fåtts på { $hours } timmar, senast { $time }.
overview-feed-urgent = { $days } dagar återstår: ändringar fick man senast { $time }, och BDS sparar dem i 14 dagar.
overview-feed-lost = Ändringar fick man senast { $time }. En del kan ha gått förlorade, och alla måste kanske läsas på nytt.
overview-certificate-ca = Utfärdarens certifikat för BDS-förbindelsen
overview-certificate-identity = Eget certifikat för BDS-förbindelsen
overview-certificate-web = Certifikat för dessa sidor
overview-certificate-days = Gäller ännu { $days } dagar.
overview-certificate-over = Har upphört att gälla.
overview-certificate-unreadable = Certifikatet kan inte läsas.
overview-budget-day = Förfrågningskvoten i dag
overview-budget-month = Förfrågningskvoten denna månad
overview-budget-of = { $used } använda av högst { $ceiling }.
overview-budget-used = { $used } använda, ingen övre gräns.
overview-queue = Granskningskön
overview-queue-none = Det finns inget att granska.
overview-queue-chart = Öppna ärenden efter slag
overview-queue-caption = Öppna ärenden efter slag och ålder
overview-as-table = Samma som tabell
overview-kind = Slag
overview-total = Sammanlagt
overview-age-0 = 0–7 dagar
overview-age-1 = 8–14 dagar
overview-age-2 = 15–30 dagar
overview-age-3 = över 30 dagar
overview-runs = De senaste körningarna
overview-runs-none = Inga körningar ännu.
overview-run-schedule = Schema
overview-run-at = Tid
overview-run-state = Läge
overview-run-not-checked = Inte kontrollerade
overview-run-planned = planerad
overview-run-running = pågår
overview-run-waiting_for_budget = väntar på kvot
overview-run-done = klar
overview-run-partly_done = delvis klar
overview-run-failed = misslyckad
overview-run-skipped = överhoppad
overview-run-missed = missad
overview-decisions = Beslut per vecka
overview-decisions-none = Inga beslut på tolv veckor.
overview-decisions-chart = Beslut per vecka; veckans måndag
overview-decisions-caption = Beslut efter vecka och slag
overview-week = Vecka från
overview-rules = Andelen avslag per regel
overview-rules-help = En regel vars förslag ofta avslås är kanske felaktig. Besluten under tolv veckor.
overview-rule = Regel
overview-rule-decisions = Beslut
overview-rule-rejected = Avslagna
overview-rule-share = Andel
overview-percent = { $share } %
overview-few = för få beslut
overview-rule-address_permanent_domestic = Den stadigvarande adressen skiljer sig
overview-rule-address_permanent_foreign = Den stadigvarande utländska adressen skiljer sig
overview-rule-address_temporary_domestic = Den tillfälliga adressen skiljer sig
overview-rule-address_temporary_foreign = Den tillfälliga utländska adressen skiljer sig
overview-rule-address_postal_domestic = Postadressen skiljer sig
overview-rule-address_postal_foreign = Den utländska postadressen skiljer sig
overview-rule-address_contact_domestic = Kontaktadressen skiljer sig
overview-rule-address_contact_foreign = Den utländska kontaktadressen skiljer sig
overview-rule-permanent_address_abroad = Den stadigvarande adressen är utomlands
overview-rule-home_municipality_abroad = Hemkommunen är utomlands
overview-rule-surname_differs = Efternamnet skiljer sig
overview-rule-first_names_differ = Förnamnen skiljer sig
overview-rule-names_differ = Efternamn och förnamn skiljer sig
overview-rule-death_registered = Dödsfallet är registrerat
overview-rule-declared_dead = Dödförklarad
overview-rule-death_signalled = Ändringsgränssnittet meddelade dödsfallet
overview-rule-death_contradicted = Uppgiften om dödsfall är motstridig
overview-rule-death_denied = Enligt BDS lever personen
overview-rule-death_taken_back = Uppgiften om dödsfall återtagen
overview-rule-order_in_force = Spärrmarkering gäller
overview-rule-order_signalled = Ändringsgränssnittet meddelade spärrmarkering
overview-rule-order_ended = Spärrmarkeringen har upphört
overview-rule-code_replaced = Personbeteckningen har bytts
overview-rule-answered_under_another_code = Svar under en annan beteckning
overview-rule-successor_is_another_patron = Den nya beteckningen är en annan kunds
overview-rule-code_change_signalled = Ändrad beteckning meddelad
overview-rule-code_passivated = Beteckningen passiverad
overview-rule-code_date_disagrees = Beteckning och födelsetid i konflikt
overview-rule-birth_date_disagrees = Födelsetiden skiljer sig
overview-rule-names_do_not_fit = Namnen stämmer inte
overview-rule-answer_of_somebody_else = Svaret gällde någon annan
overview-rule-not_in_answer = Saknades i svaret
overview-rule-language_differs = Kontaktspråket skiljer sig
overview-rule-language_missing = Kontaktspråket saknas i registret
overview-rule-guarantor_dead = Borgensmannen avliden
overview-rule-guardians_differ = Vårdnadshavarna eller intressebevakarna skiljer sig
overview-rule-age_limit_reached = Åldersgränsen nådd
overview-rule-answer_unreadable = Svaret kan inte läsas
overview-rule-claimed_address = Adress från en annan källa
overview-rule-claimed_address_abroad = Utländsk adress från en annan källa
overview-rule-claimed_name = Namn från en annan källa
overview-rule-claimed_language = Språk från en annan källa
overview-open = { $count ->
    [one] öppet ärende
   *[other] öppna ärenden
}
overview-overdue = { $count ->
    [one] försenat ärende
   *[other] försenade ärenden
}
overview-assigned = { $count ->
    [one] ärende som tilldelats dig
   *[other] ärenden som tilldelats dig
}
overview-protected = { $count ->
    [one] ärende om spärrmarkering eller personbeteckning
   *[other] ärenden om spärrmarkering eller personbeteckning
}
