sign-in-title = Logga in
sign-in-name = Användarnamn
sign-in-password = Lösenord
sign-in-submit = Logga in
sign-in-help = Användarnamnet får du av registeradministratören. Sessionen avslutas när sidorna inte har använts på en halvtimme.
sign-in-failed = Användarnamnet eller lösenordet är fel. Kontrollera dem och försök igen.
