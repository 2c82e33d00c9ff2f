//! A job is followed by its events.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use super::studio::{events, over, project, render};
use crate::api::Api;

#[test]
fn a_stream_tells_all_that_happens_and_ends_with_the_job() {
    let api = Api::start();
    let project = project(&api, "p", 3);
    let job = render(&api, &project);
    let (answer, told) = events(&api, &job, None);
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    assert!(answer.text().starts_with("retry: 2000\n\n"), "{}", answer.text());
    let kinds: Vec<&str> = told.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!((kinds[0], *kinds.last().unwrap()), ("progress", "done"));
    let mut phases: Vec<&str> = told.iter().filter_map(|event| event.data["phase"].as_str()).collect();
    phases.dedup();
    assert_eq!(phases, ["planning", "encoding", "measuring", "storing"]);
    assert!(told.is_sorted_by(|one, other| one.id < other.id));
    assert_eq!(told.last().unwrap().data, api.get(&job).json());

    // Again from each place: what is left, and nothing twice.
    for (number, event) in told.iter().enumerate() {
        let (answer, rest) = events(&api, &job, Some(event.id));
        assert_eq!(rest, told[number + 1..]);
        assert_eq!(answer.status, if rest.is_empty() { 204 } else { 200 }, "a browser is told not to come again");
    }
    assert_eq!(api.send("GET", &format!("{job}/events"), &[("last-event-id", "x")], ()).status, 400);
}

#[test]
fn a_client_that_lost_its_connection_goes_on_where_it_was_while_the_job_runs() {
    let api = Api::start();
    let project = project(&api, "p", 12);
    let job = render(&api, &project);
    // The first connection breaks after the third event.
    let mut stream = TcpStream::connect(api.address()).unwrap();
    write!(stream, "GET {job}/events HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let ids = BufReader::new(&stream).lines().map_while(Result::ok);
    let seen: Vec<i64> =
        ids.filter_map(|line| line.strip_prefix("id:").map(|id| id.trim().parse().unwrap())).take(3).collect();
    drop(stream);
    let (_, rest) = events(&api, &job, seen.last().copied());
    over(&api, &job);
    let (_, all) = events(&api, &job, None);
    let ids: Vec<i64> = seen.into_iter().chain(rest.iter().map(|event| event.id)).collect();
    assert_eq!(ids, all.iter().map(|event| event.id).collect::<Vec<_>>());
}

#[test]
fn nobody_elses_job_can_be_seen() {
    let api = Api::start();
    for path in ["/api/jobs/x", "/api/jobs/x/events", "/api/jobs/mfrggzdfmztwq2lknnwg23tpoa"] {
        assert_eq!(api.get(path).status, 404, "{path}");
    }
    let project = project(&api, "p", 1);
    let job = render(&api, &project);
    over(&api, &job);
    let tokens = callsheet::serve::Tokens::open(api.data(), callsheet::serve::Clock::system()).unwrap();
    let (_, token) = tokens.make("somebody else", false).unwrap();
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    for (method, path) in [("GET", job.clone()), ("GET", format!("{job}/events")), ("POST", format!("{job}/cancel"))] {
        assert_eq!(api.send(method, &path, &headers, ()).status, 404, "{method} {path}");
        assert_eq!(api.send(method, &path, &[], ()).status, 401, "{method} {path}");
    }
}
