menu-queue = Review queue
queue-title = Review queue
queue-search-title = Find by library card
queue-search-card = Number of the library card
queue-search-submit = Find
queue-search-empty = Write the number of a library card.
queue-search-nothing = There is no case of that number in the queue. Check the number.
queue-search-several = There are several cases of that card. Choose one.
queue-views-title = Views
queue-view-mine = Mine
queue-view-overdue = Overdue
queue-view-new = New since yesterday
queue-view-remove = Remove the view
queue-view-name = Name of the view
queue-view-name-hint = Only you see it. Write nothing of a patron in it.
queue-view-add = Save these filters as a view
queue-view-submit = Save the view
queue-view-problem-name = Give the view a name of at most { $most } characters.
queue-view-problem-taken = You have a view of that name. Choose another name.
queue-view-problem-too-many = You can have at most { $most } views. Remove one of them first.
queue-done-view-saved = The view has been saved.
queue-done-view-removed = The view has been removed.
queue-filters-title = Filters
queue-filter-kind = Kind
queue-filter-state = State
queue-filter-municipality = Municipality
queue-filter-library = Home library
queue-filter-language = Language of the patron
queue-filter-assignee = Handler
queue-filter-older = In the queue for more than, days
queue-filter-newer = In the queue for at most, days
queue-filter-due = Due
queue-filter-order = Order
queue-filter-all = All
queue-filter-submit = Filter
queue-filter-clear = Remove all filters
queue-filter-count = ({ $count })
queue-library-none = no home library
queue-assignee-mine = Mine
queue-assignee-nobody = Nobody's
queue-assignee-colleague = A colleague's
queue-due-overdue = Overdue
queue-due-week = This week
queue-order-oldest = Oldest first
queue-order-due = By due time
queue-chips-title = Filters in use
queue-chip = { $name }: { $value }
queue-chip-remove = Remove the filter { $name }: { $value }
queue-total = { $count ->
    [one] { $count } case
   *[other] { $count } cases
  }
queue-table = Cases to review
queue-column-kind = Kind
queue-column-card = Library card
queue-column-difference = Difference
queue-column-place = Municipality and home library
queue-column-age-and-due = Age and time left
queue-column-holder = Handler
queue-column-state = State
queue-difference-none = Nothing to change
queue-difference-masked = masked
queue-difference-empty = empty
queue-difference-now = in the register
queue-difference-proposed = proposed
queue-died = Date of death { $date }
queue-died-unknown = Date of death not known
queue-age = { $days ->
    [0] today
    [one] { $days } day
   *[other] { $days } days
  }
queue-due-left = { $days ->
    [one] { $days } day left
   *[other] { $days } days left
  }
queue-due-today = today
queue-due-late = { $days ->
    [one] { $days } day late
   *[other] { $days } days late
  }
queue-due-collection = before the collection file
queue-holder-mine = me
queue-holder-nobody = nobody
queue-masked = masked
queue-empty-title = Nothing to review
queue-empty-all = Every case has been dealt with.
queue-empty-filtered = No case is like the filters.
queue-empty-last = VTJ's data were last read { $time }, and { $people ->
    [one] { $people } person was
   *[other] { $people } people were
  } checked then.
queue-empty-never = VTJ's data have not been read yet.
queue-pages = Pages
queue-page-before = Previous page
queue-page-after = Next page
queue-page-first = First page
queue-take = Assign the ticked cases to me
queue-take-one = Tick card { $card }, { $kind }
queue-take-none = Tick at least one case of the list.
queue-done-taken = { $count ->
    [one] { $count } case is yours now.
   *[other] { $count } cases are yours now.
  }
queue-done-taken-some = { $count } of the { $ticked } cases that you ticked are yours now. The others have been dealt with meanwhile, or are not yours to decide.
