menu-protected = Non-disclosure
menu-notices = Notices
protected-title = Non-disclosure and identity codes
protected-intro = These cases need a right of their own. Their values are masked. Open a case and say why, if you need them.
protected-empty = No cases to deal with.
frame-unseen = { $count ->
    [one] You have { $count } new notice.
   *[other] You have { $count } new notices.
  }
reveal-title = Show masked values
reveal-intro = The values are shown to you for { $minutes } minutes. That is recorded, and the person you choose is told.
reveal-case = Case
reveal-reason = Reason
reveal-reason-hint = At least { $least } characters. Do not write the patron's name, address or identity code.
reveal-tell = Who is told
reveal-tell-choose = Choose a person
reveal-tell-option = { $name } ({ $role })
reveal-nobody = There is nobody who can be told, so the values cannot be shown. Ask the registry administrator to give somebody else the right, too.
reveal-submit = Show the values
reveal-back = Back to the case
reveal-problem = The values were not shown:
reveal-problem-reason = Write a reason of at least { $least } and at most { $most } characters, without an identity code.
reveal-problem-tell = Choose another person who is told.
notices-title = Notices
notices-intro = Another handler has opened masked values and chosen you as the one who is told.
notices-empty = No notices.
notices-column-at = Time
notices-column-by = Opened by
notices-column-case = Case
notices-column-reason = Reason
notices-column-seen = Seen
notices-seen = Mark as seen
notices-done-seen = The notice has been marked as seen.
notices-reason-hidden = shown to those cleared for protected cases
