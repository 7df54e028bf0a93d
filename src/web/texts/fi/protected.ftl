menu-protected = Turvakielto
menu-notices = Ilmoitukset
protected-title = Turvakielto ja henkilötunnukset
protected-intro = Näiden tapausten käsittely edellyttää erillistä oikeutta. Tiedot on peitetty. Avaa tapaus ja perustele, jos tarvitset niitä.
protected-empty = Ei käsiteltäviä tapauksia.
frame-unseen = { $count ->
    [one] Sinulle on { $count } uusi ilmoitus.
   *[other] Sinulle on { $count } uutta ilmoitusta.
  }
reveal-title = Avaa peitetyt tiedot
reveal-intro = Tiedot avautuvat sinulle { $minutes } minuutiksi. Avaaminen kirjataan, ja siitä ilmoitetaan valitsemallesi henkilölle.
reveal-case = Tapaus
reveal-reason = Perustelu
reveal-reason-hint = Vähintään { $least } merkkiä. Älä kirjoita asiakkaan nimeä, osoitetta tai henkilötunnusta.
reveal-tell = Kenelle ilmoitetaan
reveal-tell-choose = Valitse henkilö
reveal-tell-option = { $name } ({ $role })
reveal-nobody = Kenellekään ei voi ilmoittaa, joten tietoja ei voi avata. Pyydä rekisterin pääkäyttäjää antamaan toisellekin oikeus.
reveal-submit = Avaa tiedot
reveal-back = Takaisin tapaukseen
reveal-problem = Tietoja ei avattu:
reveal-problem-reason = Kirjoita perustelu, vähintään { $least } ja enintään { $most } merkkiä, ilman henkilötunnusta.
reveal-problem-tell = Valitse toinen henkilö, jolle ilmoitetaan.
notices-title = Ilmoitukset
notices-intro = Toinen käsittelijä on avannut peitetyt tiedot ja valinnut sinut henkilöksi, jolle siitä ilmoitetaan.
notices-empty = Ei ilmoituksia.
notices-column-at = Aika
notices-column-by = Kuka avasi
notices-column-case = Tapaus
notices-column-reason = Perustelu
notices-column-seen = Nähty
notices-seen = Merkitse nähdyksi
notices-done-seen = Ilmoitus on merkitty nähdyksi.
notices-reason-hidden = näkyy niille, joilla on oikeus turvakieltotapauksiin
