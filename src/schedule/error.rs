//! Why a text is not a cron expression here, and what to write instead.

/// Why a text is not a cron expression here. Every message says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// Not five fields.
    #[error(
        "a cron expression has five fields, this has {0}: write minute, hour, day, month and weekday, such as 30 3 * * *"
    )]
    FieldCount(usize),
    /// Six or seven fields: the first would be seconds.
    #[error("{0} fields: leave out the seconds and the year and write five, such as 30 3 * * *")]
    Seconds(usize),
    /// `@reboot`.
    #[error("@reboot is not a time: write one, such as @daily or 30 3 * * *")]
    Reboot,
    /// An unknown shorthand.
    #[error("{0:?} is not known: write @hourly, @daily, @weekly, @monthly or @yearly")]
    Shorthand(String),
    /// `L`, `W` or `#`.
    #[error("{field} {text:?}: L, W and # are not read here: {instead}")]
    Special {
        /// The field.
        field: &'static str,
        /// What stands there.
        text: String,
        /// What to write.
        instead: &'static str,
    },
    /// Neither a number nor a name of the field.
    #[error(
        "{field} {text:?}: write a number from {low} to {high}{names}, a range such as {low}-{high}, a list or *"
    )]
    Value {
        /// The field.
        field: &'static str,
        /// What stands there.
        text: String,
        /// The names that may stand in place of numbers.
        names: &'static str,
        /// The smallest number.
        low: u32,
        /// The largest number.
        high: u32,
    },
    /// A range whose end lies before its beginning.
    #[error("{field} {text:?}: the range runs backwards: write {instead}")]
    Backwards {
        /// The field.
        field: &'static str,
        /// What stands there.
        text: String,
        /// What to write.
        instead: String,
    },
    /// A step behind a single number, which cron programs read differently.
    #[error("{field} {text:?}: a step needs a range: write {instead}")]
    StepWithoutRange {
        /// The field.
        field: &'static str,
        /// What stands there.
        text: String,
        /// What to write.
        instead: String,
    },
    /// A step that is not a number from 1.
    #[error("{field} {text:?}: a step is a number from 1 to {high}, such as */5")]
    Step {
        /// The field.
        field: &'static str,
        /// What stands there.
        text: String,
        /// The largest step.
        high: u32,
    },
    /// Day of the month and weekday are both set.
    #[error(
        "day of the month and weekday are both set, which cron programs read differently: write * in one of them, or make two schedules, {day_only} and {weekday_only}"
    )]
    DayAndWeekday {
        /// The expression without its weekday.
        day_only: String,
        /// The expression without its day of the month.
        weekday_only: String,
    },
    /// No year has such a day.
    #[error(
        "no year has such a day (day {day}, month {month}): write a day that the month has, or 1 of the next month"
    )]
    ImpossibleDate {
        /// The day field.
        day: String,
        /// The month field.
        month: String,
    },
}
