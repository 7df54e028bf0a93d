//! Ajantasa keeps a public library's patron register true to the Finnish Population Information System (VTJ),
//! a person deciding every change.
//!
//! ```text
//! enrol ─▶ fetch ─▶ inbox ─▶ refresh ─▶ person record ─▶ reconcile ─▶ finding ─▶ review ─▶ apply ─▶ register
//!          changes           base data                   a pure       in the      a person   intent, write,
//!          + cursor          looked up                   function     queue       decides    read back
//! ```
//!
//! A change is a signal and the state is looked up; the comparison is a pure function that can be made again
//! at any time; every effect commits together with its audit record, and every question to VTJ is in the
//! disclosure log before it is sent.
//!
//! # The map
//!
//! | layer | modules | what they may use |
//! |---|---|---|
//! | core: values and functions | [`address`], [`clock`], [`date`], [`finding`], [`identity_code`], [`municipality`], [`name`], [`patron`], [`patron_file`], [`person`], [`protected`], [`provenance`], [`purpose`], [`quota`], [`mod@reconcile`], [`schedule`], [`segment`] | core; no runtime, database, network or log |
//! | adapters: core and one outside thing each | [`audit`], [`register`], [`seal`], [`store`], [`synth`], [`vtj`] | core; `store` also `seal`, `audit` and `register` also both |
//! | shell: adapters meet core | [`apply`], [`budget`], [`check`], [`collection`], [`contacts`], [`disclosures`], [`feed`], [`lease`], [`overview`], [`patrons`], [`planning`], [`review`], [`runs`], [`scheduler`], [`mod@slice`], [`staff`], [`switch`], [`task`] | core, adapters, the shell |
//! | adapters: core and one outside thing each | [`audit`], [`directory`], [`register`], [`seal`], [`store`], [`synth`], [`vtj`] | core; `store` also `seal`, `audit` and `register` also both |
//! | shell: adapters meet core | [`apply`], [`budget`], [`check`], [`collection`], [`disclosures`], [`feed`], [`lease`], [`overview`], [`patrons`], [`planning`], [`review`], [`runs`], [`scheduler`], [`mod@slice`], [`staff`], [`switch`], [`task`] | core, adapters, the shell |
//! | entry points | [`cli`], [`config`], [`demo`], [`doctor`], [`service`], [`telemetry`], [`web`] | everything |
//!
//! A test holds the rule. Names of the wire (Finnish, JSON) end inside their adapter: one English word per
//! concept everywhere else. `ARCHITECTURE.md` has the invariants, who can decrypt what, and three
//! walkthroughs.

pub mod address;
pub mod apply;
pub mod audit;
pub mod budget;
pub mod check;
pub mod cli;
pub mod clock;
pub mod collection;
pub mod config;
pub mod contacts;
pub mod date;
pub mod demo;
#[cfg(feature = "oidc")]
pub mod directory;
pub mod disclosures;
pub mod doctor;
pub mod feed;
pub mod finding;
pub mod identity_code;
pub mod lease;
pub mod municipality;
pub mod name;
pub mod overview;
pub mod patron;
pub mod patron_file;
pub mod patrons;
pub mod person;
pub mod planning;
pub mod protected;
pub mod provenance;
pub mod purpose;
pub mod quota;
pub mod reconcile;
pub mod register;
pub mod review;
pub mod runs;
pub mod schedule;
pub mod scheduler;
pub mod seal;
pub mod segment;
pub mod service;
pub mod slice;
pub mod staff;
pub mod store;
pub mod switch;
pub mod synth;
pub mod task;
pub mod telemetry;
pub mod vtj;
pub mod web;
