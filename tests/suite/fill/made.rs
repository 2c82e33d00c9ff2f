//! Veo: ordered once, followed to the end, whatever it does.

use std::fmt::Write as _;
use std::time::Duration;

use callsheet::fill::{
    Candidate, Entry, Failure, Ledger as _, Provider as _, Service, Spending, Stage, Taken, Veo, VeoConfig,
};
use callsheet::http::Key;

use super::{COAST, Sheet, Still, bytes, config, errand, failure, names, wish};
use crate::server::{Reply, Server};
use crate::veo::{OPERATION, VEO_KEY, Veo as Fake, Whim};

/// A fake, a ledger and a folder, for as many runs as a test wants.
struct Studio {
    fake: Fake,
    ledger: Sheet,
    folder: tempfile::TempDir,
    clock: std::sync::Arc<Still>,
    first: Duration,
}

impl Studio {
    fn new(whim: Whim) -> Self {
        Self::with(Fake::new(whim, bytes(&COAST), None))
    }

    fn with(fake: Fake) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { fake, ledger: Sheet::default(), folder, clock: Still::new(), first: Duration::from_secs(20) }
    }

    fn veo(&self) -> Veo {
        let mut veo = VeoConfig::new(Service::new(self.fake.url(), Key::new(VEO_KEY)));
        veo.service.api.first = self.first;
        veo.service.api.idle = self.first;
        (veo.order.first, veo.order.idle) = (self.first, self.first);
        Veo::new(&veo, &config(&self.clock))
    }

    fn candidate(&self) -> Candidate {
        let search = |errand: &mut callsheet::fill::Errand<'_>| self.veo().search(&wish("A night city"), errand);
        errand(&self.ledger, Spending::Nothing, search).0.unwrap().remove(0)
    }

    /// One run of the program, as far as Veo is concerned.
    fn run(&self, spending: Spending) -> callsheet::error::Result<Taken> {
        let wish = wish("A night city");
        let candidate = self.candidate();
        let take = |errand: &mut callsheet::fill::Errand<'_>| {
            let taken = self.veo().take(&wish, &candidate, self.folder.path(), errand)?;
            errand.settle("cut", "assets/x.mp4")?;
            Ok(taken)
        };
        errand(&self.ledger, spending, take).0
    }

    /// Failure and words of a run, with nothing left behind and no key said.
    fn fails(&self, spending: Spending) -> (Failure, String) {
        let (kind, words) = failure(self.run(spending));
        assert!(!words.contains(VEO_KEY), "{words}");
        assert_eq!(names(self.folder.path()), [""; 0]);
        (kind, words.replace(&self.fake.url(), "http://[veo]"))
    }

    fn stage(&self) -> Option<Stage> {
        self.ledger.read("cut").unwrap().map(|entry| entry.stage)
    }
}

#[test]
fn nothing_is_ordered_without_consent() {
    let studio = Studio::new(Whim::Fine);
    let (kind, words) = studio.fails(Spending::Nothing);
    assert_eq!((kind, studio.fake.requests().len(), studio.stage()), (Failure::Consent, 0, None));
    assert!(words.contains("`--generate`"), "{words}");
}

#[test]
fn an_order_says_what_is_wished_for_and_is_written_down_until_the_clip_is_there() {
    let studio = Studio::new(Whim::Fine);
    let candidate = studio.candidate();
    assert_eq!((candidate.width, candidate.height, candidate.duration_sec.unwrap().as_secs()), (720, 1280, 4.0));
    let taken = studio.run(Spending::One).unwrap();
    assert_eq!(std::fs::read(&taken.path).unwrap(), bytes(&COAST));
    assert_eq!(studio.stage(), Some(Stage::Settled { outcome: "assets/x.mp4".into() }));
    assert_eq!(studio.clock.pauses(), [10, 10]);
    let requests = studio.fake.requests();
    let order = requests.iter().find(|request| request.line.starts_with("POST ")).unwrap();
    assert!(order.line.contains("/v1beta/models/veo-3.1-generate-preview:predictLongRunning "), "{}", order.line);
    insta::assert_json_snapshot!(order.json());
    assert!(requests.iter().all(|request| !request.line.contains(VEO_KEY)));
}

#[test]
fn a_clip_in_the_answer_is_taken_from_there() {
    let taken = Studio::new(Whim::Inline).run(Spending::One).unwrap();
    assert_eq!(taken.media.picture.unwrap().height, 214.0);
}

#[test]
fn the_key_goes_to_its_own_host_and_to_no_other() {
    let elsewhere = Server::answering(|_| Reply::new("200 OK", "Content-Type: video/mp4\r\n", bytes(&COAST)));
    let studio = Studio::with(Fake::new(Whim::Elsewhere, bytes(&COAST), Some(elsewhere.url.clone())));
    studio.run(Spending::One).unwrap();
    let files: Vec<bool> =
        studio.fake.requests().iter().map(|request| request.header("x-goog-api-key").is_some()).collect();
    assert!(files.iter().all(|sent| *sent));
    let [request] = &elsewhere.requests()[..] else { panic!("one file") };
    assert_eq!(request.header("x-goog-api-key"), None);
}

#[test]
fn each_end_without_a_clip_gives_its_reason_and_lets_a_new_order_begin() {
    let mut told = String::new();
    for whim in [Whim::Rejected, Whim::Denied, Whim::Empty, Whim::Unsafe, Whim::Failed] {
        let studio = Studio::new(whim);
        let (kind, words) = studio.fails(Spending::One);
        let Some(Stage::Settled { outcome }) = studio.stage() else { panic!("{whim:?}: {:?}", studio.stage()) };
        assert!(!outcome.contains(VEO_KEY), "{outcome}");
        writeln!(told, "{whim:?}: {kind:?}, {} order(s)\n  {words}\n  ledger: {outcome}", studio.fake.orders())
            .unwrap();
        // The next run that may not spend orders nothing.
        let before = studio.fake.orders();
        assert_eq!(studio.fails(Spending::Nothing).0, Failure::Consent);
        assert_eq!(studio.fake.orders(), before);
    }
    insta::assert_snapshot!(told);
}

#[test]
fn an_order_whose_outcome_nobody_knows_is_not_repeated_by_itself() {
    let mut told = String::new();
    for whim in [Whim::StartHangs, Whim::StartFails, Whim::Nameless] {
        let mut studio = Studio::new(whim);
        studio.first = Duration::from_millis(50);
        let (kind, words) = studio.fails(Spending::One);
        assert_eq!((kind, studio.stage()), (Failure::Unknown, Some(Stage::Unanswered)), "{words}");
        writeln!(told, "{whim:?}: {words}").unwrap();
        studio.clock.pass(Duration::from_secs(300));
        for spending in [Spending::Nothing, Spending::One] {
            let (kind, words) = studio.fails(spending);
            assert_eq!((kind, studio.fake.orders()), (Failure::Unknown, 1));
            assert!(words.contains("ordered 5 minutes ago"), "{words}");
        }
        if whim == Whim::StartHangs {
            studio.first = Duration::from_secs(20);
            studio.run(Spending::Again).unwrap();
            assert_eq!(studio.fake.orders(), 2);
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_busy_service_took_no_order_and_is_asked_again_when_it_says() {
    let studio = Studio::new(Whim::BusyOnce);
    studio.run(Spending::One).unwrap();
    assert_eq!((studio.fake.orders(), studio.clock.pauses()), (2, vec![21, 10, 10]));
    // Who reads the ledger sees when it was sent last.
    assert_eq!(studio.ledger.read("cut").unwrap().unwrap().at, 1_000_021);
}

/// An order as an earlier run left it.
fn entry(prompt: &str, stage: Stage) -> Entry {
    let (provider, model) = ("veo".into(), "veo-3.1-generate-preview".into());
    Entry { provider, model, prompt: prompt.into(), at: 1_000_000, stage }
}

fn started() -> Stage {
    Stage::Started { operation: OPERATION.into() }
}

#[test]
fn a_run_that_comes_later_follows_the_same_operation() {
    let studio = Studio::new(Whim::Fine);
    assert!(studio.ledger.replace("cut", None, &entry("A night city", started())).unwrap());
    // It is paid for: it may be fetched by a run that may spend nothing.
    studio.run(Spending::Nothing).unwrap();
    assert_eq!(studio.fake.orders(), 0);
    assert!(matches!(studio.stage(), Some(Stage::Settled { .. })));
}

#[test]
fn what_was_ordered_with_other_words_is_neither_taken_nor_ordered_again_by_itself() {
    let studio = Studio::new(Whim::Fine);
    studio.ledger.replace("cut", None, &entry("A coast", started())).unwrap();
    for spending in [Spending::Nothing, Spending::One] {
        let (kind, words) = studio.fails(spending);
        assert_eq!((kind, studio.fake.requests().len()), (Failure::Differs, 0), "{words}");
        assert!(words.contains("\"A coast\"") && words.contains(OPERATION) && words.contains("--query"), "{words}");
    }
    let coast = wish("A night city").with_query("A coast");
    let take = |errand: &mut callsheet::fill::Errand<'_>| {
        studio.veo().take(&coast, &studio.candidate(), studio.folder.path(), errand)
    };
    errand(&studio.ledger, Spending::Nothing, take).0.unwrap();
    assert_eq!(studio.fake.orders(), 0);
    studio.run(Spending::Again).unwrap();
    assert_eq!(studio.fake.orders(), 1);
}

#[test]
fn while_one_run_orders_no_other_does_not_even_who_would_pay_twice() {
    let studio = Studio::new(Whim::Fine);
    studio.ledger.replace("cut", None, &entry("A night city", Stage::Intended)).unwrap();
    studio.clock.pass(Duration::from_secs(359));
    for spending in [Spending::Nothing, Spending::One, Spending::Again] {
        let (kind, words) = studio.fails(spending);
        assert_eq!((kind, studio.stage()), (Failure::Ordering, Some(Stage::Intended)), "{words}");
        assert!(words.contains("wait") && !words.contains("--again"), "{words}");
    }
    studio.clock.pass(Duration::from_secs(1));
    assert_eq!(studio.fails(Spending::One).0, Failure::Unknown);
    assert_eq!(studio.fake.orders(), 0);
    studio.run(Spending::Again).unwrap();
    assert_eq!(studio.fake.orders(), 1);
}

#[test]
fn a_404_throws_nothing_away_that_is_paid_for() {
    Studio::new(Whim::LostOnce).run(Spending::One).unwrap();
    let mut told = String::new();
    for whim in [Whim::Lost, Whim::FileGone] {
        let studio = Studio::new(whim);
        for spending in [Spending::One, Spending::Nothing] {
            let (kind, words) = studio.fails(spending);
            assert_eq!((kind, studio.stage(), studio.fake.orders()), (Failure::Working, Some(started()), 1), "{words}");
            writeln!(told, "{whim:?}: {words}").unwrap();
        }
        // The service keeps a clip for two days: then it is gone indeed.
        studio.clock.pass(Duration::from_secs(48 * 3600));
        let (kind, words) = studio.fails(Spending::One);
        let Some(Stage::Settled { outcome }) = studio.stage() else { panic!("{:?}", studio.stage()) };
        assert_eq!((kind, studio.fake.orders()), (Failure::Lost, 1));
        writeln!(told, "  two days later: {words}\n  ledger: {outcome}").unwrap();
        assert_eq!(studio.fails(Spending::Nothing).0, Failure::Consent);
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_service_that_wants_to_be_left_alone_for_a_day_is_asked_sooner() {
    let studio = Studio::new(Whim::PollBusy);
    studio.run(Spending::One).unwrap();
    assert_eq!(studio.clock.pauses(), [120, 10]);
}

#[test]
fn an_order_has_time_for_its_answer() {
    let service = Service::new("https://veo.example.com", Key::new(VEO_KEY));
    let first = service.api.first;
    let veo = VeoConfig::new(service);
    assert_eq!((veo.order.first.as_secs(), veo.service.api.first), (120, first));
    // The clip in an answer is bounded, and the name of an operation more so.
    assert_eq!((veo.service.api.answer_bytes >> 20, veo.order.answer_bytes >> 20), (64, 1));
}

/// A ledger whose disk is full after so many lines.
struct Full(Sheet, std::sync::atomic::AtomicUsize);

impl callsheet::fill::Ledger for Full {
    fn read(&self, job: &str) -> callsheet::error::Result<Option<Entry>> {
        self.0.read(job)
    }

    fn replace(&self, job: &str, from: Option<&Entry>, to: &Entry) -> callsheet::error::Result<bool> {
        use std::sync::atomic::Ordering::SeqCst;
        if self.1.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_err() {
            let source = std::io::Error::other("no space left on device");
            return Err(callsheet::error::Error::Write { path: "scenario.fill.json".into(), source });
        }
        self.0.replace(job, from, to)
    }
}

#[test]
fn nothing_is_ordered_that_cannot_be_written_down() {
    for (lines, orders) in [(0, 0), (1, 1)] {
        let studio = Studio::new(Whim::Fine);
        let (wish, candidate) = (wish("A night city"), studio.candidate());
        let ledger = Full(Sheet::default(), lines.into());
        let take = |errand: &mut callsheet::fill::Errand<'_>| {
            studio.veo().take(&wish, &candidate, studio.folder.path(), errand)
        };
        let words = errand(&ledger, Spending::One, take).0.unwrap_err().to_string();
        assert!(words.contains("no space left on device"), "{words}");
        assert_eq!((studio.fake.orders(), words.contains(OPERATION)), (orders, orders == 1), "{words}");
        // What was ordered and has no name is not ordered again.
        let again = errand(&ledger, Spending::One, take).0;
        assert!(again.is_err());
        assert_eq!(studio.fake.orders(), orders);
    }
}

/// A ledger that cannot be written for a moment, and one whose line is written although it says that it is not.
struct Busy(Sheet, std::sync::atomic::AtomicUsize, bool);

impl callsheet::fill::Ledger for Busy {
    fn read(&self, job: &str) -> callsheet::error::Result<Option<Entry>> {
        self.0.read(job)
    }

    fn replace(&self, job: &str, from: Option<&Entry>, to: &Entry) -> callsheet::error::Result<bool> {
        use std::sync::atomic::Ordering::SeqCst;
        if matches!(to.stage, Stage::Started { .. }) && self.1.fetch_add(1, SeqCst) < 3 {
            if self.2 {
                self.0.replace(job, from, to)?;
            }
            let source = std::io::Error::other("the store is busy");
            return Err(callsheet::error::Error::Write { path: "scenario.fill.json".into(), source });
        }
        self.0.replace(job, from, to)
    }
}

#[test]
fn a_store_that_is_busy_for_a_moment_loses_no_name_that_is_paid_for() {
    for written in [false, true] {
        let studio = Studio::new(Whim::Fine);
        let (wish, candidate) = (wish("A night city"), studio.candidate());
        let ledger = Busy(Sheet::default(), 0.into(), written);
        let take = |errand: &mut callsheet::fill::Errand<'_>| {
            studio.veo().take(&wish, &candidate, studio.folder.path(), errand)
        };
        errand(&ledger, Spending::One, take).0.unwrap();
        assert_eq!(ledger.read("cut").unwrap().map(|entry| entry.stage), Some(started()));
        assert_eq!(studio.fake.orders(), 1);
    }
}

#[test]
fn a_clip_that_came_and_found_no_place_is_fetched_again_and_not_ordered() {
    let studio = Studio::new(Whim::Fine);
    let (wish, candidate) = (wish("A night city"), studio.candidate());
    for _ in 0..2 {
        // The run ends after the file came, before anybody knew.
        let take = |errand: &mut callsheet::fill::Errand<'_>| {
            studio.veo().take(&wish, &candidate, studio.folder.path(), errand)
        };
        errand(&studio.ledger, Spending::One, take).0.unwrap();
    }
    assert_eq!((studio.fake.orders(), names(studio.folder.path()).len()), (1, 1));
}

#[test]
fn a_clip_that_would_be_too_short_for_its_part_is_not_ordered() {
    let studio = Studio::new(Whim::Fine);
    let mut candidate = studio.candidate();
    let long = callsheet::fill::Wish { stretches: false, ..wish("A night city") };
    candidate.fit.length = false;
    let take =
        |errand: &mut callsheet::fill::Errand<'_>| studio.veo().take(&long, &candidate, studio.folder.path(), errand);
    let (kind, _) = failure(errand(&studio.ledger, Spending::One, take).0);
    assert_eq!((kind, studio.fake.orders()), (Failure::Misfit, 0));
}

#[test]
fn refused_questions_are_tolerated_but_not_for_ever() {
    let studio = Studio::new(Whim::PollRefused);
    studio.run(Spending::One).unwrap();
    let studio = Studio::new(Whim::PollAlwaysRefused);
    let (kind, words) = studio.fails(Spending::One);
    assert_eq!((kind, studio.fake.requests().len()), (Failure::Denied, 6), "{words}");
    // It may be there all the same.
    assert_eq!(studio.stage(), Some(Stage::Started { operation: OPERATION.into() }));
}

#[test]
fn what_takes_too_long_is_left_to_the_next_run() {
    let studio = Studio::new(Whim::Endless);
    let (kind, words) = studio.fails(Spending::One);
    assert_eq!((kind, studio.fake.orders()), (Failure::Working, 1));
    assert!(words.contains("30 minutes") && words.contains("not ordered again"), "{words}");
    assert_eq!(studio.stage(), Some(Stage::Started { operation: OPERATION.into() }));
    studio.fails(Spending::One);
    assert_eq!(studio.fake.orders(), 1);
}
