//! Observation mode: any register, with every write refused.

use async_trait::async_trait;

use super::{Capabilities, PatronRegister, RegisterError, Values, WriteOutcome, WriteSource};
use crate::finding::{Field, FieldChange};

/// A register that is only read.
#[derive(Debug)]
pub struct ReadOnly<R>(R);

impl<R> ReadOnly<R> {
    /// Takes the right to write away from a register.
    pub fn new(register: R) -> Self {
        Self(register)
    }
}

#[async_trait]
impl<R: PatronRegister> PatronRegister for ReadOnly<R> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { writes: false, conditional: false, proposes: false, ..self.0.capabilities() }
    }

    async fn read(&self, patron_id: &str, fields: &[Field]) -> Result<Values, RegisterError> {
        self.0.read(patron_id, fields).await
    }

    async fn write(
        &self,
        _patron_id: &str,
        _changes: &[FieldChange],
        _source: &WriteSource,
    ) -> Result<WriteOutcome, RegisterError> {
        Err(RegisterError::Refused("observation mode is on, and nothing is written in it".to_owned()))
    }
}
