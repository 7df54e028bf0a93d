//! Whether VTJ has taken the settings of the single query: user, password, product, certificate, address.
//!
//! A password that VTJ refuses must not be tried again and again: the account would be locked for everybody.
//! Settings that VTJ has not taken yet are tried by one question at a time. A refusal closes the way for
//! everybody; after a pause one question tries again, three refusals in all, and then nothing is sent until
//! the settings change. A certificate that does not fit closes the way, too, but may be mended at the other
//! end, so it is tried again after every pause.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::vtj::error::VtjError;

/// How often VTJ may refuse the same settings.
pub(super) const MOST_REFUSALS: u32 = 3;
/// How long the way stays closed after settings were refused.
pub(super) const PAUSE: TimeDelta = TimeDelta::minutes(10);
/// After so long a trial of which nothing is heard is taken for dead; longer than a question with its waits.
const TRIAL: TimeDelta = TimeDelta::minutes(2);

/// What is known of the settings, kept for every process of the installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Trust {
    /// Keyed digest of the settings this speaks of.
    settings: String,
    /// Whether VTJ has answered a question with them, and refused none since.
    proved: bool,
    /// How often VTJ has refused them.
    refusals: u32,
    /// What was wrong last, without any secret.
    why: String,
    /// Nothing is sent before: a pause, or a trial under way.
    until: Option<DateTime<Utc>>,
    /// Whether a trial is under way.
    on_trial: bool,
}

/// Why nothing may be sent with these settings now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Closed {
    /// They have been refused for good.
    UntilChanged(String),
    /// They have been refused a moment ago.
    Paused(String, DateTime<Utc>),
    /// Somebody else is just trying them.
    OnTrial(DateTime<Utc>),
}

impl Trust {
    /// What is known of settings, by what was kept; other settings are a new beginning.
    pub(super) fn of(settings: &str, kept: Option<&str>) -> Self {
        kept.and_then(|kept| serde_json::from_str(kept).ok())
            .filter(|kept: &Self| kept.settings == settings)
            .unwrap_or_else(|| Self {
                settings: settings.to_owned(),
                proved: false,
                refusals: 0,
                why: String::new(),
                until: None,
                on_trial: false,
            })
    }

    /// How it is kept.
    pub(super) fn kept(&self) -> String {
        serde_json::to_string(self).expect("words, numbers and times are JSON")
    }

    /// Whether a question may be sent now; if so, what is to be kept before.
    ///
    /// A time further away than any pause comes from a clock that was set back, and is not waited for.
    pub(super) fn admit(self, now: DateTime<Utc>) -> Result<Self, Closed> {
        if self.proved {
            return Ok(self);
        }
        if self.refusals >= MOST_REFUSALS {
            return Err(Closed::UntilChanged(self.why));
        }
        match self.until {
            Some(until) if now < until && until <= now + PAUSE => {
                Err(if self.on_trial { Closed::OnTrial(until) } else { Closed::Paused(self.why, until) })
            }
            _ => Ok(Self { until: Some(now + TRIAL), on_trial: true, ..self }),
        }
    }

    /// The same, with one more trial, which a person grants after the cause was put right at VTJ's side.
    pub(super) fn once_more(self) -> Self {
        Self { refusals: self.refusals.min(MOST_REFUSALS - 1), until: None, on_trial: false, ..self }
    }

    /// What is known after a question came to its end.
    pub(super) fn after(self, error: Option<&VtjError>, now: DateTime<Utc>) -> Self {
        match error {
            Some(error) if error.is_configuration() => Self {
                proved: false,
                refusals: self.refusals + u32::from(matches!(error, VtjError::Refused { .. })),
                why: error.to_string(),
                until: Some(now + PAUSE),
                on_trial: false,
                ..self
            },
            // VTJ has taken them, whatever it says of the question.
            None | Some(VtjError::BadRequest { .. } | VtjError::WrongPerson { .. }) => Self {
                proved: true,
                refusals: 0,
                why: String::new(),
                until: None,
                on_trial: false,
                settings: self.settings,
            },
            // Whether anybody has looked at them is not known: the next question is the trial.
            Some(_) => Self { until: None, on_trial: false, ..self },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + 60 * minute, 0).unwrap()
    }

    fn refused() -> VtjError {
        VtjError::Refused { at: "query", what: "wrong password".to_owned() }
    }

    fn new() -> Trust {
        Trust::of("a", None)
    }

    #[test]
    fn refused_settings_are_tried_three_times_in_all() {
        let (mut trust, mut tried) = (new(), 0);
        for minute in 0..1000 {
            if let Ok(trial) = trust.clone().admit(at(minute)) {
                tried += 1;
                trust = trial.after(Some(&refused()), at(minute));
            }
        }
        assert_eq!(tried, 3);
        assert!(matches!(trust.clone().admit(at(9999)), Err(Closed::UntilChanged(_))));
        let kept = trust.kept();
        assert_eq!(Trust::of("a", Some(&kept)), trust);
        assert!(Trust::of("b", Some(&kept)).admit(at(1001)).is_ok(), "other settings are a new beginning");
    }

    #[test]
    fn untried_settings_are_tried_by_one_question_at_a_time() {
        let trial = new().admit(at(0)).unwrap();
        assert!(matches!(trial.clone().admit(at(1)), Err(Closed::OnTrial(_))));
        assert!(trial.clone().admit(at(3)).is_ok(), "a trial that never reported does not block for ever");
        let proved = trial.after(None, at(1));
        assert!(proved.clone().admit(at(1)).is_ok_and(|trust| trust == proved));
        let closed = proved.after(Some(&refused()), at(2));
        assert!(matches!(closed.admit(at(3)), Err(Closed::Paused(..))));
    }

    #[test]
    fn what_never_came_before_vtj_proves_nothing_and_uses_up_no_trial() {
        let down = VtjError::Unavailable { at: "query", what: "status 503".to_owned(), retry_after: None };
        let trust = new().admit(at(0)).unwrap().after(Some(&down), at(0));
        assert_eq!(trust, new());
    }

    #[test]
    fn a_person_can_grant_one_more_trial() {
        let mut trust = new();
        for minute in 0..40 {
            trust = match trust.clone().admit(at(minute)) {
                Ok(trial) => trial.after(Some(&refused()), at(minute)),
                Err(_) => trust,
            };
        }
        let granted = trust.once_more().admit(at(50)).unwrap().after(Some(&refused()), at(50));
        assert!(matches!(granted.admit(at(99)), Err(Closed::UntilChanged(_))));
    }

    #[test]
    fn a_certificate_is_tried_again_after_every_pause() {
        let tls = VtjError::Tls { at: "query", what: "expired".to_owned() };
        let mut trust = new();
        for round in 0..9 {
            trust = trust.admit(at(11 * round)).unwrap().after(Some(&tls), at(11 * round));
            assert!(matches!(trust.clone().admit(at(11 * round + 1)), Err(Closed::Paused(..))));
        }
    }
}
