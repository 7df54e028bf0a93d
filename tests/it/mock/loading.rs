//! Populations in files, and what is said of wrong ones.

use super::*;

fn write(folder: &Path, file: &str, text: &str) {
    let file = folder.join(file);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

fn line(n: u32) -> String {
    json!({ "henkilotunnus": code(n), "tietoryhmat": named("Testinen") }).to_string()
}

fn change(key: i64, n: u32) -> Value {
    json!({ "kirjausavain": key, "muutospv": "2026-11-20T10:00:00.000Z", "henkilotunnus": code(n),
        "tietoryhmat": renamed("Mallila") })
}

/// The error of loading a folder, with its sources.
fn error(folder: &Path) -> String {
    let error = World::load(folder, today()).unwrap_err();
    std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

#[test]
fn people_come_from_single_files_and_arrays_and_lines() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "population/a.json", &line(1));
    write(folder.path(), "population/b.json", &format!("\n[{}, {}]", line(2), line(3)));
    write(folder.path(), "population/notes.txt", "not read");
    write(folder.path(), "changes.json", &json!([change(20, 2), change(10, 1)]).to_string());
    let mut world = World::load(folder.path(), today()).unwrap();
    assert_eq!((world.people(), world.entries(), world.played()), (3, 2, 0));
    world.play(1);
    assert!(world.base_data(&identity(1)).unwrap().get().contains("Mallila"), "the log is in key order");
    assert!(!format!("{world:?}").contains(&code(1)));

    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "population.jsonl", &format!("{}\n\n{}", line(1), line(2)));
    write(folder.path(), "changes.jsonl", &format!("{}\n", change(10, 1)));
    let world = World::load(folder.path(), today()).unwrap();
    assert_eq!((world.people(), world.entries()), (2, 1));
}

#[test]
fn a_mistake_is_named_by_file_and_place_and_never_by_the_code() {
    let real = code(1).replace("-900", "-100");
    for (file, text, said) in [
        (
            "population.jsonl",
            format!("{}\n{{\"henkilotunnus\": 5}}", line(1)),
            "population.jsonl, line 2: not the JSON",
        ),
        ("population.jsonl", format!("{}\n\n{}", line(1), &line(2)[..40]), "line 3: not the JSON"),
        (
            "population.jsonl",
            format!("{{\"henkilotunnus\":\"{}\"}}", code(1)),
            "line 1: tietoryhmat is missing",
        ),
        (
            "population.jsonl",
            line(1).replace(&code(1), "010190-999L"),
            "line 1: henkilotunnus: the check character",
        ),
        (
            "population.jsonl",
            format!("{}\n{}", line(1), line(1)),
            "person 1 has the code of an earlier person",
        ),
        ("population/a.json", format!("[{},{{}}]", line(1)), "a.json, entry 2: henkilotunnus is missing"),
        (
            "population/a.json",
            line(1).replace(&named("Testinen").to_string(), "{}"),
            "entry 1: tietoryhmat must be an array",
        ),
        (
            "changes.json",
            json!([change(1, 1), { "kirjausavain": 2 }]).to_string(),
            "changes.json, entry 2: muutospv is missing",
        ),
        (
            "changes.jsonl",
            change(1, 1).to_string().replace(".000Z", ""),
            "line 1: muutospv must be an instant",
        ),
        ("changes.json", json!([change(1, 1), change(1, 2)]).to_string(), "two entries have the log key 1"),
        ("changes.json", "{\"a\": ".to_owned(), "changes.json, whole file: not the JSON"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "population/z.json", &line(7));
        write(folder.path(), file, &text);
        let error = error(folder.path());
        assert!(error.contains(said), "{error}");
        assert!(!error.contains("-90") && !error.contains("-999") && !error.contains(&real), "{error}");
    }
}

#[test]
fn a_code_that_could_be_somebodys_is_not_taken() {
    let digits = "010190100";
    let remainder = digits.parse::<usize>().unwrap() % 31;
    let check = char::from(b"0123456789ABCDEFHJKLMNPRSTUVWXY"[remainder]);
    let folder = tempfile::tempdir().unwrap();
    let text = line(1).replace(&code(1), &format!("010190-100{check}"));
    write(folder.path(), "population.jsonl", &text);
    assert!(error(folder.path()).contains("line 1: henkilotunnus: the individual number must be 900–999"));
}

#[test]
fn a_folder_without_people_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(error(folder.path()).contains("neither population.jsonl nor population/*.json"));
    write(folder.path(), "population.jsonl", "");
    assert_eq!(World::load(folder.path(), today()).unwrap().people(), 0);
}

#[test]
fn two_people_with_one_code_do_not_make_a_world() {
    let people = vec![person(1, &json!([])), person(2, &json!([])), person(1, &json!([]))];
    let error = World::from_parts(people, Vec::new(), today()).unwrap_err();
    assert_eq!(error, PartsError::RepeatedPerson { later: 2 });
}

#[tokio::test]
async fn a_hundred_thousand_people_are_loaded_and_answer() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let file = std::fs::File::create(folder.path().join("population.jsonl")).unwrap();
    let mut file = std::io::BufWriter::new(file);
    for n in 0..100_000 {
        writeln!(file, "{}", line(n)).unwrap();
    }
    file.into_inner().unwrap();
    write(folder.path(), "changes.jsonl", &change(10, 99_999).to_string());
    drop(rustls::crypto::ring::default_provider().install_default());
    let settings = MockSettings { population: folder.path().to_owned(), ..settings() };
    let mock = RunningMock::start(settings).await.unwrap();
    let vtj = Vtj { mock, client: reqwest::Client::builder().build().unwrap() };
    let people: Vec<u32> = (99_000..100_000).collect();
    let answer = vtj.answer("perustiedot", &base(&people)).await;
    assert_eq!(answer["perustiedot"].as_array().unwrap().len(), 1000);
    assert_eq!(vtj.changes(0, &people).await["muutokset"].as_array().unwrap().len(), 1);
}
