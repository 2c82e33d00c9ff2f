//! Rule sets with every construct of the grammar, and blanks, line breaks and comments wherever they may stand.
//!
//! They need not pass the checker, only be understood.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;

/// The tokens of a part of a program. `END` stands where a line of a block, or an item, ends.
type Tokens = Vec<String>;

const END: &str = "END";

/// What may stand between two tokens.
const BETWEEN: &[&str] = &[
    " ",
    " ",
    " ",
    " ",
    " ",
    "  ",
    "\t",
    "\r\n",
    "\n",
    "\n",
    "\n\n",
    " \n\n\n\n",
    " # a ~\n",
    "#~ b\n",
    "\n# c~\n",
    "\n\n# d ~\n\n",
    " # e ~\n  # f «x» ~   \n\n\n",
    "\u{a0}",
];

/// What may stand between lines: there a comment may begin like a colour.
const BETWEEN_LINES: &[&str] =
    &[" ", "\n", "\n", "\n", "\n\n", "\n\n\n\n", " # g ~\n", " #facade ~\n", "\n#decade\t~\n", "\n\n# h ~\n\n# i ~\n"];

fn tokens(text: &str) -> Tokens {
    text.split('|').map(str::to_owned).collect()
}

fn join(parts: Vec<Tokens>, between: &str) -> Tokens {
    let mut all = Tokens::new();
    for (position, part) in parts.into_iter().enumerate() {
        if position > 0 {
            all.extend(tokens(between).into_iter().filter(|token| !token.is_empty()));
        }
        all.extend(part);
    }
    all
}

/// `shape` with its `_` filled in, one after another.
fn filled(shape: &str, parts: Vec<Tokens>) -> Tokens {
    let mut parts = parts.into_iter();
    tokens(shape).into_iter().flat_map(|token| if token == "_" { parts.next().unwrap() } else { vec![token] }).collect()
}

fn name() -> impl Strategy<Value = String> {
    select(vec!["a", "text", "start_time", "a_name_that_is_rather_long", "размер", "style", "layer"])
        .prop_map(String::from)
}

fn text() -> impl Strategy<Value = String> {
    select(vec![
        "\"\"",
        "\"слова\"",
        "\"two  words\"",
        "\"say \\\"hi\\\"\\n\"",
        "\"what a producer is told where it does not hold\"",
    ])
    .prop_map(String::from)
}

fn path() -> impl Strategy<Value = Tokens> {
    select(vec!["overlay.text", "segment.params.volume", "layer.type", "scenario.metadata.aspect_ratio", "setting.a"])
        .prop_map(tokens)
}

fn selector() -> impl Strategy<Value = Tokens> {
    select(vec!["overlay", "segment|in|video|layer", "subtitle|layer", "scenario"]).prop_map(tokens)
}

fn leaf() -> impl Strategy<Value = Tokens> {
    prop_oneof![
        3 => path(),
        1 => text().prop_map(|text| vec![text]),
        1 => select(vec![
            "1.50s", "40px", "60%", "-2", "2", "true", "false", "#ffcc00", "#FFCC00|60%", "black|60%", "main", "top_center",
            "белый", "[|]", "{|}", "[|\"a\"|,|]",
        ])
        .prop_map(tokens),
    ]
}

/// Any expression: its meaning does not matter here.
fn expression() -> impl Strategy<Value = Tokens> {
    leaf().prop_recursive(5, 40, 4, |inner| {
        let shaped = |shape: &'static str, count: usize| {
            vec(inner.clone(), count).prop_map(move |parts| filled(shape, parts)).boxed()
        };
        let listed = |before: &'static str, between: &'static str, after: &'static str| {
            // `a is one of b, c` would take the next element for its own.
            let element = prop_oneof![leaf(), inner.clone().prop_map(|inner| filled("(|_|)", vec![inner]))];
            vec(element, 2..7).prop_map(move |parts| filled(before, vec![join(parts, between), tokens(after)])).boxed()
        };
        let record = |comma: &'static str, last: &'static str| {
            vec((name(), inner.clone()), 1..4)
                .prop_map(move |fields| {
                    let fields = fields.into_iter().map(|(name, value)| filled("_|=|_", vec![vec![name], value]));
                    let mut all = filled("{|_", vec![join(fields.collect(), comma)]);
                    all.extend(tokens(last));
                    all
                })
                .boxed()
        };
        let item = prop_oneof![path(), record(",", "}"), text().prop_map(|text| vec![text])];
        let condition = inner.clone().prop_map(|inner| filled("(|_|)", vec![inner]));
        Union::new(vec![
            shaped("(|_|)", 1),
            shaped("not|(|_|)", 1),
            shaped("not|not|not|(|_|)", 1),
            shaped("length of|(|_|)", 1),
            shaped("(|_|)|exists", 1),
            shaped("(|_|)|is|absent", 1),
            shaped("(|_|)|is|not|absent", 1),
            shaped("(|_|)|is|(|_|)", 2),
            shaped("(|_|)|is|not|(|_|)", 2),
            shaped("(|_|)|<=|(|_|)", 2),
            shaped("(|_|)|>|(|_|)", 2),
            shaped("overlay.text|is|one of|(|_|)|,|a|,|(|_|)", 2),
            shaped("overlay.text|is|not|one  of|(|_|)", 1),
            shaped("(|_|)|or|(|_|)|or|overlay.text", 2),
            shaped("(|_|)|and|(|_|)|and|not|overlay.text", 2),
            shaped("either|(|_|)|or|(|_|)", 2),
            shaped("if|(|_|)|then|_|else|_", 3),
            shaped("if|(|_|)|then|_|else|if|(|_|)|then|_|else|_", 5),
            listed("[|_|_", ",", "]"),
            listed("[|_|_", ",", ",|]"),
            record(",", "}"),
            record(",", ",|}"),
            record("", "}"),
            (selector(), item.clone()).prop_map(|(which, item)| filled("each|_|_", vec![which, item])).boxed(),
            (selector(), condition, item)
                .prop_map(|(which, when, item)| filled("each|_|when|_|_", vec![which, when, item]))
                .boxed(),
        ])
    })
}

fn assignments() -> impl Strategy<Value = Tokens> {
    let one = (name(), expression()).prop_map(|(name, value)| filled("_|=|_|END", vec![vec![name], value]));
    vec(one, 0..4).prop_map(|all| join(all, ""))
}

fn line() -> impl Strategy<Value = Tokens> {
    prop_oneof![
        selector().prop_map(|which| filled("for|_|END", vec![which])),
        expression().prop_map(|when| filled("when|_|END", vec![when])),
        (expression(), text()).prop_map(|(what, words)| filled("require|(|_|)|_|END", vec![what, vec![words]])),
        assignments().prop_map(|all| filled("make|add_text_overlay|{|END|_|}|END", vec![all])),
    ]
}

fn phrases() -> impl Strategy<Value = Tokens> {
    let one = (any::<bool>(), text()).prop_map(
        |(exactly, text)| {
            if exactly { vec!["exactly".to_owned(), text] } else { vec![text] }
        },
    );
    vec(one, 1..9).prop_map(|all| join(all, ","))
}

fn item() -> impl Strategy<Value = Tokens> {
    let block =
        |shape: &'static str| vec(line(), 0..4).prop_map(move |lines| filled(shape, vec![join(lines, "")])).boxed();
    let words = |shape: &'static str| phrases().prop_map(move |all| filled(shape, vec![all])).boxed();
    prop_oneof![
        (name(), expression()).prop_map(|(name, value)| filled("setting|_|=|_", vec![vec![name], value])),
        assignments().prop_map(|all| filled("style|plain|{|END|_|}", vec![all])),
        words("signal|subtitles|=|prompt mentions|_"),
        words("signal|a|=|prompt  also\tmentions|_"),
        words("prompt|refuses|after|_"),
        block("rule|theses|{|END|_|}"),
        block("locked|rule|logo|{|END|_|}"),
        block("override|theses|{|END|_|}"),
        select(vec!["extend|\"default\"", "disable|theses", "decide by|\"text.rhai\"", "language|1"]).prop_map(tokens),
    ]
}

/// A whole program: the tokens, and something between any two of them.
pub(super) fn any_program() -> impl Strategy<Value = String> {
    let items = vec(item(), 0..6).prop_map(|items| join(items, "END"));
    (items, vec(any::<prop::sample::Index>(), 400), any::<bool>()).prop_map(|(items, choices, tidy)| {
        let mut program = String::new();
        let mut ended = true;
        for (position, token) in items.iter().enumerate() {
            if token == END {
                ended = true;
                continue;
            }
            let choice = &choices[position % choices.len()];
            let between = match (ended, tidy && position % 7 > 0) {
                (true, true) => "\n",
                (true, false) => choice.get(BETWEEN_LINES),
                (false, true) => " ",
                (false, false) => choice.get(BETWEEN),
            };
            // A file begins with its first word or with a comment.
            program.push_str(if program.is_empty() && !between.contains('~') { "" } else { between });
            program.push_str(token);
            ended = false;
        }
        let end: &&str = choices[0].get(BETWEEN_LINES);
        program.push_str(end);
        program
    })
}
