menu-protected = Spärrmarkering
menu-notices = Meddelanden
protected-title = Spärrmarkering och personbeteckningar
protected-intro = De här ärendena kräver en särskild rättighet. Uppgifterna är dolda. Öppna ärendet och ange en motivering om du behöver dem.
protected-empty = Inga ärenden att behandla.
frame-unseen = { $count ->
    [one] Du har { $count } nytt meddelande.
   *[other] Du har { $count } nya meddelanden.
  }
reveal-title = Visa dolda uppgifter
reveal-intro = Uppgifterna visas för dig i { $minutes } minuter. Visningen loggas, och den person du väljer får ett meddelande om den.
reveal-case = Ärende
reveal-reason = Motivering
reveal-reason-hint = Minst { $least } tecken. Skriv inte kundens namn, adress eller personbeteckning.
reveal-tell = Vem som ska meddelas
reveal-tell-choose = Välj en person
reveal-tell-option = { $name } ({ $role })
reveal-nobody = Det finns ingen som kan meddelas, och därför kan uppgifterna inte visas. Be registeradministratören ge rättigheten även till någon annan.
reveal-submit = Visa uppgifterna
reveal-back = Tillbaka till ärendet
reveal-problem = Uppgifterna visades inte:
reveal-problem-reason = Skriv en motivering på minst { $least } och högst { $most } tecken, utan personbeteckning.
reveal-problem-tell = Välj en annan person som ska meddelas.
notices-title = Meddelanden
notices-intro = En annan handläggare har öppnat dolda uppgifter och valt dig som den som ska meddelas.
notices-empty = Inga meddelanden.
notices-column-at = Tid
notices-column-by = Öppnad av
notices-column-case = Ärende
notices-column-reason = Motivering
notices-column-seen = Läst
notices-seen = Markera som läst
notices-done-seen = Meddelandet har markerats som läst.
notices-reason-hidden = visas för dem som har rätt till ärenden med spärrmarkering
