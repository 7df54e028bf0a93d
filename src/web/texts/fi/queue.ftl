menu-queue = Tarkistusjono
queue-title = Tarkistusjono
queue-search-title = Hae kirjastokortilla
queue-search-card = Kirjastokortin numero
queue-search-submit = Hae
queue-search-empty = Kirjoita kirjastokortin numero.
queue-search-nothing = Jonossa ei ole tapausta tällä numerolla. Tarkista numero.
queue-search-several = Tällä kortilla on useita tapauksia. Valitse yksi.
queue-views-title = Näkymät
queue-view-mine = Omat
queue-view-overdue = Myöhässä
queue-view-new = Uudet eilisestä alkaen
queue-view-remove = Poista näkymä
queue-view-name = Näkymän nimi
queue-view-name-hint = Näkyy vain sinulle. Älä kirjoita nimeen asiakkaan tietoja.
queue-view-add = Tallenna nämä suodattimet näkymäksi
queue-view-submit = Tallenna näkymä
queue-view-problem-name = Kirjoita näkymälle nimi, enintään { $most } merkkiä.
queue-view-problem-taken = Sinulla on jo samanniminen näkymä. Valitse toinen nimi.
queue-view-problem-too-many = Näkymiä voi olla enintään { $most }. Poista ensin jokin niistä.
queue-done-view-saved = Näkymä on tallennettu.
queue-done-view-removed = Näkymä on poistettu.
queue-filters-title = Suodattimet
queue-filter-kind = Laji
queue-filter-state = Tila
queue-filter-municipality = Kunta
queue-filter-library = Kotikirjasto
queue-filter-language = Asiakkaan kieli
queue-filter-assignee = Käsittelijä
queue-filter-older = Jonossa yli, päivää
queue-filter-newer = Jonossa enintään, päivää
queue-filter-due = Määräaika
queue-filter-order = Järjestys
queue-filter-all = Kaikki
queue-filter-submit = Suodata
queue-filter-clear = Poista kaikki suodattimet
queue-filter-count = ({ $count })
queue-library-none = ei kotikirjastoa
queue-assignee-mine = Omat
queue-assignee-nobody = Ei kenenkään
queue-assignee-colleague = Työkaverin
queue-due-overdue = Myöhässä
queue-due-week = Tällä viikolla
queue-order-oldest = Vanhin ensin
queue-order-due = Määräajan mukaan
queue-chips-title = Käytössä olevat suodattimet
queue-chip = { $name }: { $value }
queue-chip-remove = Poista suodatin { $name }: { $value }
queue-total = { $count ->
    [one] { $count } tapaus
   *[other] { $count } tapausta
  }
queue-table = Tarkistettavat tapaukset
queue-column-kind = Laji
queue-column-card = Kirjastokortti
queue-column-difference = Ero
queue-column-place = Kunta ja kotikirjasto
queue-column-age-and-due = Ikä ja määräaika
queue-column-holder = Käsittelijä
queue-column-state = Tila
queue-difference-none = Ei muutettavia tietoja
queue-difference-masked = peitetty
queue-difference-empty = tyhjä
queue-difference-now = rekisterissä
queue-difference-proposed = ehdotus
queue-died = Kuolinpäivä { $date }
queue-died-unknown = Kuolinpäivä ei tiedossa
queue-age = { $days ->
    [0] tänään
    [one] { $days } päivä
   *[other] { $days } päivää
  }
queue-due-left = { $days ->
    [one] { $days } päivä jäljellä
   *[other] { $days } päivää jäljellä
  }
queue-due-today = tänään
queue-due-late = { $days ->
    [one] { $days } päivä myöhässä
   *[other] { $days } päivää myöhässä
  }
queue-due-collection = ennen perintäaineistoa
queue-holder-mine = minä
queue-holder-nobody = ei kenenkään
queue-masked = peitetty
queue-empty-title = Ei tarkistettavaa
queue-empty-all = Kaikki tapaukset on käsitelty.
queue-empty-filtered = Mikään tapaus ei vastaa suodattimia.
queue-empty-last = VTJ:n tiedot luettiin viimeksi { $time }, ja silloin tarkistettiin { $people ->
    [one] { $people } henkilö
   *[other] { $people } henkilöä
  }.
queue-empty-never = VTJ:n tietoja ei ole vielä luettu.
queue-pages = Sivut
queue-page-before = Edellinen sivu
queue-page-after = Seuraava sivu
queue-page-first = Ensimmäinen sivu
queue-take = Ota valitut tapaukset itselleni
queue-take-one = Valitse kortti { $card }, { $kind }
queue-take-none = Valitse luettelosta vähintään yksi tapaus.
queue-done-taken = { $count ->
    [one] { $count } tapaus on nyt sinulla.
   *[other] { $count } tapausta on nyt sinulla.
  }
queue-done-taken-some = Valitsemistasi { $ticked } tapauksesta { $count } on nyt sinulla. Muut on käsitelty sillä välin, tai et voi päättää niistä.
