sign-in-title = Kirjaudu sisään
sign-in-name = Käyttäjätunnus
sign-in-password = Salasana
sign-in-submit = Kirjaudu
sign-in-help = Tunnuksen saat rekisterin pääkäyttäjältä. Istunto päättyy, kun sivuja ei ole käytetty puoleen tuntiin.
sign-in-failed = Käyttäjätunnus tai salasana on väärä. Tarkista ne ja yritä uudelleen.
