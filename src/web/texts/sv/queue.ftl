menu-queue = Granskningskö
queue-title = Granskningskö
queue-search-title = Sök med bibliotekskort
queue-search-card = Bibliotekskortets nummer
queue-search-submit = Sök
queue-search-empty = Skriv bibliotekskortets nummer.
queue-search-nothing = Det finns inget ärende med det numret i kön. Kontrollera numret.
queue-search-several = Kortet har flera ärenden. Välj ett.
queue-views-title = Vyer
queue-view-mine = Mina
queue-view-overdue = Försenade
queue-view-new = Nya sedan i går
queue-view-remove = Ta bort vyn
queue-view-name = Vyns namn
queue-view-name-hint = Syns bara för dig. Skriv inga kunduppgifter i namnet.
queue-view-add = Spara de här filtren som en vy
queue-view-submit = Spara vyn
queue-view-problem-name = Ge vyn ett namn på högst { $most } tecken.
queue-view-problem-taken = Du har redan en vy med det namnet. Välj ett annat namn.
queue-view-problem-too-many = Du kan ha högst { $most } vyer. Ta först bort någon av dem.
queue-done-view-saved = Vyn har sparats.
queue-done-view-removed = Vyn har tagits bort.
queue-filters-title = Filter
queue-filter-kind = Typ
queue-filter-state = Status
queue-filter-municipality = Kommun
queue-filter-library = Hembibliotek
queue-filter-language = Kundens språk
queue-filter-assignee = Handläggare
queue-filter-older = I kön i mer än, dagar
queue-filter-newer = I kön i högst, dagar
queue-filter-due = Tidsfrist
queue-filter-order = Ordning
queue-filter-all = Alla
queue-filter-submit = Filtrera
queue-filter-clear = Ta bort alla filter
queue-filter-count = ({ $count })
queue-library-none = inget hembibliotek
queue-assignee-mine = Mina
queue-assignee-nobody = Ingens
queue-assignee-colleague = En kollegas
queue-due-overdue = Försenade
queue-due-week = Den här veckan
queue-order-oldest = Äldst först
queue-order-due = Enligt tidsfrist
queue-chips-title = Filter som används
queue-chip = { $name }: { $value }
queue-chip-remove = Ta bort filtret { $name }: { $value }
queue-total = { $count ->
    [one] { $count } ärende
   *[other] { $count } ärenden
  }
queue-table = Ärenden att granska
queue-column-kind = Typ
queue-column-card = Bibliotekskort
queue-column-difference = Skillnad
queue-column-place = Kommun och hembibliotek
queue-column-age-and-due = Ålder och tidsfrist
queue-column-holder = Handläggare
queue-column-state = Status
queue-difference-none = Inga uppgifter att ändra
queue-difference-masked = dolt
queue-difference-empty = tomt
queue-difference-now = i registret
queue-difference-proposed = förslag
queue-died = Dödsdag { $date }
queue-died-unknown = Dödsdagen är inte känd
queue-age = { $days ->
    [0] i dag
    [one] { $days } dag
   *[other] { $days } dagar
  }
queue-due-left = { $days ->
    [one] { $days } dag kvar
   *[other] { $days } dagar kvar
  }
queue-due-today = i dag
queue-due-late = { $days ->
    [one] { $days } dag försenat
   *[other] { $days } dagar försenat
  }
queue-due-collection = före indrivningsmaterialet
queue-holder-mine = jag
queue-holder-nobody = ingens
queue-masked = dolt
queue-empty-title = Inget att granska
queue-empty-all = Alla ärenden har behandlats.
queue-empty-filtered = Inget ärende motsvarar filtren.
queue-empty-last = BDS-uppgifterna lästes senast { $time }, och då kontrollerades { $people ->
    [one] { $people } person
   *[other] { $people } personer
  }.
queue-empty-never = BDS-uppgifterna har inte lästs ännu.
queue-pages = Sidor
queue-page-before = Föregående sida
queue-page-after = Nästa sida
queue-page-first = Första sidan
queue-take = Ta de markerade ärendena själv
queue-take-one = Markera kort { $card }, { $kind }
queue-take-none = Markera minst ett ärende i listan.
queue-done-taken = { $count ->
    [one] { $count } ärende är nu ditt.
   *[other] { $count } ärenden är nu dina.
  }
queue-done-taken-some = { $count } av de { $ticked } ärenden som du markerade är nu dina. De övriga har redan handlagts, eller så får du inte avgöra dem.
