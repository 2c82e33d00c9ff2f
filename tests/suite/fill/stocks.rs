//! Pexels and Pixabay: real servers on this machine, as helpful or as hostile as there are any.

use std::fmt::Write as _;
use std::time::Duration;

use callsheet::fill::{Config, Failure, Pexels, Pixabay, Provider, Service, Spending};
use callsheet::http::Key;

use super::{COAST, Sheet, Still, bytes, config, errand, failure, names, take_first, wish};
use crate::stock::{Kind, Mood, STOCK_KEY, Stock};

const KINDS: [Kind; 2] = [Kind::Pexels, Kind::Pixabay];

fn provider(kind: Kind, service: &Service, config: &Config) -> Box<dyn Provider> {
    match kind {
        Kind::Pexels => Box::new(Pexels::new(service, config)),
        Kind::Pixabay => Box::new(Pixabay::new(service, config)),
    }
}

fn service(stock: &Stock) -> Service {
    let mut service = Service::new(stock.url(), Key::new(STOCK_KEY));
    // Enough for any answer that comes at all.
    service.api.first = Duration::from_secs(20);
    service
}

/// Searches in a stock of such a mood.
fn search(
    kind: Kind,
    mood: Mood,
    clock: &std::sync::Arc<Still>,
) -> (Stock, callsheet::error::Result<Vec<callsheet::fill::Candidate>>) {
    let stock = Stock::new(kind, mood, bytes(&COAST));
    let mut service = service(&stock);
    if mood == Mood::Hangs {
        service.api.first = Duration::from_millis(50);
        service.api.idle = Duration::from_millis(50);
    }
    let provider = provider(kind, &service, &config(clock));
    let (found, _) =
        errand(&Sheet::default(), Spending::Nothing, |errand| provider.search(&wish("Ночной город."), errand));
    (stock, found)
}

#[test]
fn the_best_of_a_stock_comes_first_with_all_that_a_person_must_know() {
    for kind in KINDS {
        let (stock, found) = search(kind, Mood::Fine, &Still::new());
        let found = found.unwrap();
        let ids: Vec<&str> = found.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["101", "202", "303"], "{kind:?}");
        let best = &found[0];
        assert_eq!((best.width, best.height, best.duration_sec.unwrap().as_secs()), (120, 214, 4.0));
        let credit = &best.credit;
        assert!(best.preview.as_deref().unwrap().starts_with("https://"));
        assert!(credit.page.is_some() && credit.author.is_some() && credit.license.is_some());
        let shown = serde_json::to_string(&found).unwrap();
        assert!(!shown.contains("127.0.0.1") && !shown.contains("secret"), "{shown}");
        let [line] = stock.searches().try_into().unwrap();
        match kind {
            Kind::Pexels => {
                assert_eq!(credit.attribution.as_deref(), Some("Video by Jane Doe on Pexels"));
                assert!(line.contains("orientation=portrait") && line.contains("locale=ru-RU"), "{line}");
                assert!(!line.contains(STOCK_KEY), "{line}");
            }
            Kind::Pixabay => {
                assert_eq!(credit.attribution.as_deref(), Some("Video by Joe on Pixabay"));
                assert!(line.contains("lang=ru") && line.contains("safesearch=true"), "{line}");
            }
        }
        assert!(line.contains("%D0%9D%D0%BE%D1%87%D0%BD%D0%BE%D0%B9"), "{line}");
    }
}

#[test]
fn each_refusal_of_a_search_says_what_to_do_and_never_the_key() {
    let mut told = String::new();
    for kind in KINDS {
        for mood in [Mood::Denied, Mood::TooMany, Mood::Hangs, Mood::PageForAnswer, Mood::Wrong] {
            let clock = Still::new();
            let (stock, found) = search(kind, mood, &clock);
            let (failure, words) = failure(found);
            assert!(!words.contains(STOCK_KEY), "{words}");
            let words = words.replace(stock.url(), "http://[stock]");
            let asked = stock.searches().len();
            let waited = clock.pauses().len();
            writeln!(told, "{kind:?} {mood:?}: {failure:?}, asked {asked} times, waited {waited} times\n  {words}")
                .unwrap();
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_stock_that_has_nothing_or_nothing_of_the_shape_says_so() {
    for kind in KINDS {
        assert_eq!(search(kind, Mood::NoHits, &Still::new()).1.unwrap(), []);
        let found = search(kind, Mood::OtherShape, &Still::new()).1.unwrap();
        assert_eq!(found.len(), 1);
        assert!(!found[0].fit.shape && !found[0].is_fit(&wish("x")));
    }
}

#[test]
fn a_busy_stock_is_asked_again_when_it_says() {
    let clock = Still::new();
    assert_eq!(search(Kind::Pixabay, Mood::TooManyOnce, &clock).1.unwrap().len(), 3);
    assert_eq!(clock.pauses(), [3]);
    // Pexels says nothing about when, so the pause is our own: half a second and less.
    assert_eq!(search(Kind::Pexels, Mood::TooManyOnce, &clock).1.unwrap().len(), 3);
    assert_eq!(clock.pauses(), [0]);
}

#[test]
fn a_used_up_allowance_is_waited_for_by_either_way_of_counting() {
    for kind in KINDS {
        let (clock, memory) = (Still::new(), tempfile::tempdir().unwrap());
        let stock = Stock::new(kind, Mood::LastOne, bytes(&COAST));
        let config = Config { memory: Some(memory.path().to_owned()), ..config(&clock) };
        let ask = |words: &str| {
            // Each is a run of the program of its own.
            let provider = provider(kind, &service(&stock), &config);
            errand(&Sheet::default(), Spending::Nothing, |errand| provider.search(&wish(words), errand)).0.unwrap()
        };
        ask("a city");
        assert_eq!(clock.pauses(), [0; 0], "{kind:?}");
        clock.pass(Duration::from_secs(10));
        ask("a coast");
        assert_eq!(clock.pauses(), [30], "{kind:?}");
    }
}

#[test]
fn an_answer_is_good_for_a_day() {
    for kind in KINDS {
        let (clock, memory) = (Still::new(), tempfile::tempdir().unwrap());
        let stock = Stock::new(kind, Mood::Fine, bytes(&COAST));
        let config = Config { memory: Some(memory.path().to_owned()), ..config(&clock) };
        let ask = || {
            let provider = provider(kind, &service(&stock), &config);
            errand(&Sheet::default(), Spending::Nothing, |errand| provider.search(&wish("a city"), errand)).0.unwrap()
        };
        let first = ask();
        clock.pass(Duration::from_secs(24 * 3600 - 1));
        assert_eq!((ask(), stock.searches().len()), (first.clone(), 1));
        clock.pass(Duration::from_secs(1));
        assert_eq!((ask(), stock.searches().len()), (first, 2));
        // What is not good any more goes when something new comes.
        let old = std::fs::File::create(memory.path().join("old")).unwrap();
        old.set_modified(std::time::SystemTime::now() - Duration::from_secs(25 * 3600)).unwrap();
        clock.pass(Duration::from_secs(24 * 3600));
        ask();
        assert!(!memory.path().join("old").exists() && names(memory.path()).len() == 1);
        for name in names(memory.path()) {
            let kept = std::fs::read_to_string(memory.path().join(name)).unwrap();
            assert!(!kept.contains(STOCK_KEY), "{kept}");
        }
    }
}

#[test]
fn a_clip_comes_whole_even_from_elsewhere() {
    for kind in KINDS {
        for mood in [Mood::Fine, Mood::Redirect] {
            let folder = tempfile::tempdir().unwrap();
            let stock = Stock::new(kind, mood, bytes(&COAST));
            let provider = provider(kind, &service(&stock), &config(&Still::new()));
            let taken = take_first(&*provider, &wish("a city"), folder.path()).unwrap();
            assert_eq!(std::fs::read(&taken.path).unwrap(), bytes(&COAST));
            assert_eq!(names(folder.path()), [format!("{}.mp4", taken.hash)]);
        }
    }
}

#[test]
fn what_is_no_whole_clip_from_where_it_belongs_is_refused_and_leaves_nothing() {
    let mut told = String::new();
    for kind in KINDS {
        for mood in [
            Mood::PageForFile,
            Mood::NoVideo,
            Mood::CutFile,
            Mood::ShortBody,
            Mood::PrivateRedirect,
            Mood::Circle,
            Mood::StrangeHost,
            Mood::Gone,
            Mood::Nobody,
        ] {
            let folder = tempfile::tempdir().unwrap();
            let stock = Stock::new(kind, mood, bytes(&COAST));
            let provider = provider(kind, &service(&stock), &config(&Still::new()));
            let (failure, words) = failure(take_first(&*provider, &wish("a city"), folder.path()));
            assert_eq!(names(folder.path()), [""; 0], "{mood:?}");
            let words = words.replace(stock.url(), "http://[stock]");
            assert!(!words.contains("secret") && !words.contains("key="), "{words}");
            writeln!(told, "{kind:?} {mood:?}: {failure:?}\n  {words}").unwrap();
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_file_that_is_too_large_or_too_slow_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let stock = Stock::new(Kind::Pexels, Mood::Fine, bytes(&COAST));
    let mut service = service(&stock);
    service.files.answer_bytes = 1000;
    let provider = Pexels::new(&service, &config(&Still::new()));
    let (kind, words) = failure(take_first(&provider, &wish("a city"), folder.path()));
    assert_eq!(kind, Failure::TooLarge, "{words}");
    let stock = Stock::new(Kind::Pexels, Mood::SlowFile, bytes(&COAST));
    let mut service = self::service(&stock);
    service.files.first = Duration::from_millis(50);
    service.files.idle = Duration::from_millis(50);
    let provider = Pexels::new(&service, &config(&Still::new()));
    let (kind, words) = failure(take_first(&provider, &wish("a city"), folder.path()));
    assert_eq!(kind, Failure::Slow, "{words}");
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn a_scene_without_words_is_not_searched_for() {
    let stock = Stock::new(Kind::Pexels, Mood::Fine, Vec::new());
    let provider = Pexels::new(&service(&stock), &config(&Still::new()));
    let (found, _) = errand(&Sheet::default(), Spending::Nothing, |errand| provider.search(&wish(""), errand));
    let (kind, words) = failure(found);
    assert_eq!(kind, Failure::Unsuited);
    assert!(words.contains("`visual_description`") && stock.searches().is_empty(), "{words}");
}

#[test]
fn one_odd_clip_spoils_no_others() {
    for kind in KINDS {
        let found = search(kind, Mood::OddClip, &Still::new()).1.unwrap();
        let ids: Vec<&str> = found.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["101", "202"], "{kind:?}");
    }
}

#[test]
fn a_clip_that_is_gone_is_not_offered_from_memory() {
    for kind in KINDS {
        let (folder, memory) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let stock = Stock::new(kind, Mood::Gone, Vec::new());
        let config = Config { memory: Some(memory.path().to_owned()), ..config(&Still::new()) };
        for searches in [1, 2] {
            let provider = provider(kind, &service(&stock), &config);
            let (lost, _) = failure(take_first(&*provider, &wish("a city"), folder.path()));
            assert_eq!((lost, stock.searches().len()), (Failure::Lost, searches), "{kind:?}");
        }
    }
}

#[test]
fn where_a_service_is_configured_to_be_is_not_told() {
    for kind in KINDS {
        let service = Service::new("http://127.0.0.1:1/inside", Key::new(STOCK_KEY));
        let provider = provider(kind, &service, &config(&Still::new()));
        let (found, _) =
            errand(&Sheet::default(), Spending::Nothing, |errand| provider.search(&wish("a city"), errand));
        let (kind, words) = failure(found);
        assert_eq!(kind, Failure::Unreachable);
        assert!(
            words.contains("nothing answers at the address in `CALLSHEET_P") && !words.contains("127.0.0.1"),
            "{words}"
        );
    }
}
