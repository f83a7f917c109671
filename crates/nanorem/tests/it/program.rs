//! `nanorem` in a folder of its own.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The company of the tests: a chain of four in which the third never paid, two orders of the fourth,
/// the second of them given back.
pub(crate) const COMPANY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/company");

/// The program on a database.
pub(crate) struct Program {
    folder: TempDir,
    url: String,
    actor: String,
}

/// How a command ended and what it said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Program {
    /// On a SQLite file that does not exist yet.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let url = format!("sqlite://{}", folder.path().join("company.db").display());
        Self { folder, url, actor: "anna".to_owned() }
    }

    /// On a database that is there.
    pub(crate) fn on(url: &str) -> Self {
        Self { url: url.to_owned(), ..Self::new() }
    }

    /// With the company of the tests.
    pub(crate) fn with_company(self) -> Self {
        self.done(&["migrate"]);
        self.done(&["plan", "activate", "nanorem-5", "--from", "2025-01-01"]);
        self.done(&["import", COMPANY]);
        self
    }

    /// Somebody else at the same keyboard.
    pub(crate) fn by(&mut self, actor: &str) -> &Self {
        actor.clone_into(&mut self.actor);
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command with nothing of the tester's own surroundings but what finds the system's programs.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nanorem"));
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("NANOREM_DATABASE_URL", &self.url)
            .env("NANOREM_ACTOR", &self.actor)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command().args(arguments))
    }

    /// Runs what must succeed; gives what it wrote.
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!(ended.code, 0, "nanorem {}: {}{}", arguments.join(" "), ended.out, ended.err);
        ended.out
    }

    /// Runs what must succeed with `--json`; gives the JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let out = self.done(&[arguments, &["--json"]].concat());
        serde_json::from_str(&out).expect("what --json writes is JSON")
    }

    /// Runs what must be refused; gives what it told.
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!(ended.code, 1, "nanorem {}: {}{}", arguments.join(" "), ended.out, ended.err);
        assert_eq!(ended.out, "", "a refusal goes to standard error");
        assert!(ended.err.starts_with("Ошибка: "), "{}", ended.err);
        ended.err
    }
}

impl Ended {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().expect("the program starts");
        let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
        let code = output.status.code().expect("the program ends by itself");
        Self { code, out: text(output.stdout), err: text(output.stderr) }
    }
}

/// A value of a JSON by its pointer.
pub(crate) fn at<'j>(json: &'j Value, pointer: &str) -> &'j Value {
    json.pointer(pointer).unwrap_or(&Value::Null)
}
