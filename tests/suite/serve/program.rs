//! `callsheet serve` and `callsheet token` as their users run them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::cli::Desk;

/// A server that runs until it is ended.
struct Running {
    child: Child,
    address: String,
    /// What it said until it listened.
    said: String,
}

impl Running {
    fn start(desk: &Desk, arguments: &[&str]) -> Self {
        let mut command = desk.command(&[&["serve", "--port", "0", "--data", "data"], arguments].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let address = loop {
            let line = lines.next().expect("it says where it listens").unwrap();
            said.push_str(&line);
            said.push('\n');
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.split(';').next().unwrap().to_owned();
            }
        };
        Self { child, address, said }
    }

    fn ask(&self, head: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Sends a signal and waits for the end.
    fn end(mut self, signal: &str) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

#[test]
fn the_server_says_where_it_listens_and_ends_well_when_it_is_told_to() {
    let desk = Desk::new();
    for signal in ["-INT", "-TERM"] {
        let server = Running::start(&desk, &[]);
        assert_eq!(
            server.said.replace(&server.address, "[address]"),
            "listening on http://[address]; the API is shown at /docs\n"
        );
        assert!(server.ask("GET /healthz HTTP/1.1\r\nHost: localhost").starts_with("HTTP/1.1 200 OK"));
        let second = desk.run(&["serve", "--port", "0", "--data", "data"]);
        assert_eq!(second.code, 1);
        insta::assert_snapshot!("second", second.stderr);
        assert_eq!(server.end(signal), Some(0), "{signal}");
    }
}

#[test]
fn a_place_that_cannot_be_listened_on_is_told() {
    let desk = Desk::new();
    let server = Running::start(&desk, &[]);
    let port = server.address.rsplit(':').next().unwrap();
    let outcome = desk.run(&["serve", "--port", port, "--data", "other"]);
    assert_eq!(outcome.code, 1);
    assert!(
        outcome.stderr.contains("Address already in use") && outcome.stderr.contains("choose another"),
        "{}",
        outcome.stderr
    );
    server.end("-TERM");
}

#[test]
fn a_token_is_shown_once_listed_and_revoked_while_the_server_runs() {
    let desk = Desk::new();
    let server = Running::start(&desk, &["--host", "0.0.0.0"]);
    assert!(server.said.starts_with("others can connect, and nobody has a token yet"), "{}", server.said);
    let port = server.address.rsplit(':').next().unwrap().to_owned();
    let server = Running { address: format!("127.0.0.1:{port}"), ..server };
    let ask = |token: &str| {
        server.ask(&format!("GET /api/projects HTTP/1.1\r\nHost: any.name\r\nAuthorization: Bearer {token}"))
    };
    assert!(server.ask("GET /api/projects HTTP/1.1\r\nHost: localhost").starts_with("HTTP/1.1 401"));

    let made = desk.run(&["token", "new", "editor", "--data", "data"]);
    let token = made.stdout.trim();
    assert!(made.code == 0 && token.starts_with("cs_") && !made.stderr.contains(token), "{}", made.whole());
    assert!(ask(token).starts_with("HTTP/1.1 200"));
    let list = desk.run(&["token", "list", "--data", "data"]);
    assert!(list.stdout.contains("its own projects  editor") && !list.stdout.contains(token), "{}", list.stdout);
    let id = list.stdout.split_whitespace().next().unwrap();
    assert_eq!(desk.run(&["token", "revoke", id, "--data", "data"]).code, 0);
    assert!(ask(token).starts_with("HTTP/1.1 401"));
    let again = desk.run(&["token", "revoke", id, "--data", "data"]);
    assert!(again.code == 2 && again.stderr.contains("`callsheet token list` says"), "{}", again.stderr);
    assert_eq!(server.end("-TERM"), Some(0));
}
