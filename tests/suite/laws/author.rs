//! An author who makes no mistake: rule sets of every selector, task, parameter and field, each value of the type that is
//! due, taken from the catalogue and from the table of fields.

use std::fmt::Write as _;

use callsheet::scenario::LayerKind;
use callsheet::scenario::field::{self, NodeKind};
use callsheet::tasks::catalogue::{Inputs, Need, TASKS};
use callsheet::tasks::{ParamSpec, TaskSpec};
use callsheet::value::Type;

use super::dice::Dice;

#[path = "asked.rs"]
mod asked;
#[path = "held.rs"]
mod held;

/// A rule set, and the set that it extends, if it does.
#[derive(Debug, Default)]
pub(super) struct Sets {
    pub(super) own: String,
    pub(super) parent: Option<String>,
}

/// How careful the author is with numbers.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Care {
    /// Every literal is in its range.
    Careful,
    /// Literals are of the right type, of any size, and so is the number of inputs.
    Careless,
}

/// What can be read where a line stands.
#[derive(Clone)]
struct Scope {
    node: NodeKind,
    layer: Option<LayerKind>,
    heads: Vec<NodeKind>,
    /// Paths that are known to be there.
    known: Vec<String>,
}

struct Written {
    name: String,
    scope: Scope,
    spec: Option<&'static TaskSpec>,
    /// Whether other conditions would make something of it wrong.
    leans_on_conditions: bool,
    locked: bool,
}

/// The name of a setting, its type, and the range that its value has to be in.
type Setting = (String, Type, Option<(f64, f64)>);

struct Author<'d, 'a> {
    dice: &'d mut Dice<'a>,
    care: Care,
    /// Items in front of the rules.
    items: String,
    settings: Vec<Setting>,
    numbered: usize,
    used: Vec<(NodeKind, &'static str)>,
}

const LAYERS: [(LayerKind, &str); 5] = [
    (LayerKind::Video, "video"),
    (LayerKind::Image, "image"),
    (LayerKind::Audio, "audio"),
    (LayerKind::Text, "text"),
    (LayerKind::Subtitle, "subtitle"),
];

pub(super) fn write(dice: &mut Dice<'_>, care: Care) -> Sets {
    let mut author = Author { dice, care, items: String::new(), settings: Vec::new(), numbered: 0, used: Vec::new() };
    let extends = author.dice.once_in(3);
    let mut rules = String::new();
    let mut written = Vec::new();
    for _ in 0..=author.dice.below(4) {
        author.rule(&mut rules, &mut written);
    }
    let head = "language 1\nstyle plain { size = 48px }\nstyle loud { size = 64px   bold = true }\n\
                signal loud = prompt mentions \"loud\", exactly \"LOUD\"\nsignal calm = prompt mentions \"calm\"\n";
    let first = format!("{head}{}{rules}", author.items);
    if !extends {
        return Sets { own: first, parent: None };
    }
    Sets { own: author.child(&written), parent: Some(first) }
}

impl Scope {
    fn of(node: NodeKind, layer: Option<LayerKind>) -> Self {
        let parents: &[NodeKind] = match node {
            NodeKind::Overlay => &[NodeKind::Scene],
            NodeKind::Segment => &[NodeKind::Layer],
            _ => &[],
        };
        let mut heads = vec![node];
        heads.extend(parents);
        if node != NodeKind::Scenario {
            heads.push(NodeKind::Scenario);
        }
        Self { node, layer, heads, known: Vec::new() }
    }

    fn inside(&self, node: NodeKind, layer: Option<LayerKind>) -> Self {
        let mut inner = Self::of(node, layer);
        let hidden: Vec<String> = inner.heads.iter().map(|head| format!("{}.", head.word())).collect();
        let is_same =
            |path: &String| path.starts_with("scenario.") || !hidden.iter().any(|head| path.starts_with(head));
        inner.known = self.known.iter().filter(|path| is_same(path)).cloned().collect();
        inner
    }

    /// Paths to fields that `fits` admits: those that are always there, or all.
    fn paths(&self, all: bool, fits: impl Fn(&field::Field) -> bool) -> Vec<String> {
        let mut paths = Vec::new();
        for head in &self.heads {
            let layer = matches!(head, NodeKind::Layer | NodeKind::Segment).then_some(self.layer).flatten();
            for field in field::fields(*head).iter().filter(|field| fits(field)) {
                let path = format!("{}.{}", head.word(), field.path);
                if all || field.presence.is_certain(layer) || self.known.contains(&path) {
                    paths.push(path);
                }
            }
        }
        paths
    }

    fn selector(&self) -> String {
        let layer = self.layer.and_then(|layer| LAYERS.iter().find(|(kind, _)| *kind == layer)).map(|(_, word)| word);
        match (self.node, layer) {
            (NodeKind::Layer, Some(layer)) => format!("{layer} layer"),
            (node, Some(layer)) => format!("{} in {layer} layer", node.word()),
            (node, None) => node.word().to_owned(),
        }
    }
}

impl Author<'_, '_> {
    fn scope(&mut self) -> Scope {
        let node = self.dice.of(&NodeKind::ALL);
        let in_layer = matches!(node, NodeKind::Layer | NodeKind::Segment) && !self.dice.once_in(4);
        let layer = if in_layer { Some(self.dice.of(&LAYERS).0) } else { None };
        Scope::of(node, layer)
    }

    /// A rule; or two that make the same, and exclude each other.
    fn rule(&mut self, text: &mut String, written: &mut Vec<Written>) {
        let mut scope = self.scope();
        let free: Vec<&TaskSpec> = TASKS.iter().filter(|task| !self.used.contains(&(scope.node, task.name))).collect();
        let spec = if free.is_empty() || self.dice.once_in(6) { None } else { Some(self.dice.of(&free)) };
        self.used.extend(spec.map(|spec| (scope.node, spec.name)));
        let twins = spec.is_some() && self.dice.once_in(4);
        let guard = self.condition(&scope, 0);
        let mut lines = String::new();
        for _ in 0..self.dice.below(3) {
            if self.dice.once_in(2) {
                let optional = scope.paths(true, |_| true);
                let path = self.dice.of(&optional);
                writeln!(lines, "  when {path} exists").unwrap();
                scope.known.push(path);
            } else {
                let condition = self.condition(&scope, 2);
                writeln!(lines, "  when {condition}").unwrap();
            }
        }
        for _ in 0..self.dice.below(2) + usize::from(spec.is_none()) {
            if self.dice.once_in(2) {
                let path = self.dice.of(&scope.paths(true, |field| field.ty != Type::Bool));
                writeln!(lines, "  require {path} \"it has to be there\"").unwrap();
                scope.known.push(path);
            } else {
                let condition = self.condition(&scope, 1);
                writeln!(lines, "  require {condition} \"it has to be so\"").unwrap();
            }
        }
        let guards = if twins {
            vec![format!("  when {guard}\n"), format!("  when not ({guard})\n")]
        } else {
            vec![String::new()]
        };
        for guard in guards {
            let name = format!("rule_{}", self.number());
            let locked = !twins && self.dice.once_in(6);
            write!(
                text,
                "{}rule {name} {{\n  for {}\n{guard}{lines}",
                if locked { "locked " } else { "" },
                scope.selector()
            )
            .unwrap();
            if let Some(spec) = spec {
                let make = self.make(spec, &scope);
                text.push_str(&make);
            }
            text.push_str("}\n");
            let leans_on_conditions = twins || !scope.known.is_empty();
            written.push(Written { name, scope: scope.clone(), spec, leans_on_conditions, locked });
        }
    }

    fn number(&mut self) -> usize {
        self.numbered += 1;
        self.numbered
    }

    /// A set that changes what the parent's says, and adds to it.
    fn child(&mut self, parents: &[Written]) -> String {
        // What the parent's rules needed stands in the parent.
        self.items.clear();
        for (name, ty, range) in self.settings.clone() {
            if self.dice.once_in(4) {
                let value = self.literal(ty, range);
                writeln!(self.items, "setting {name} = {value}").unwrap();
            }
        }
        let mut changes = String::new();
        for rule in parents.iter().filter(|rule| !rule.locked) {
            match self.dice.below(4) {
                0 => writeln!(changes, "disable {}", rule.name).unwrap(),
                1 => {
                    writeln!(changes, "override {} {{", rule.name).unwrap();
                    if !rule.leans_on_conditions && self.dice.once_in(2) {
                        let condition = self.condition(&rule.scope, 2);
                        writeln!(changes, "  when {condition}").unwrap();
                    }
                    if self.dice.once_in(3) {
                        let condition = self.condition(&rule.scope, 1);
                        writeln!(changes, "  require {condition} \"the child asks for more\"").unwrap();
                    }
                    let ranged = |param: &&ParamSpec| param.ty != Type::Cues && !is_time(param);
                    let params = rule.spec.map(|spec| spec.params.iter().filter(ranged).collect::<Vec<_>>());
                    if let (Some(params), Some(spec)) = (params.filter(|params| !params.is_empty()), rule.spec) {
                        let param = self.dice.of(&params);
                        let value = self.param(param, &rule.scope);
                        writeln!(changes, "  make {} {{ {} = {value} }}", spec.name, param.name).unwrap();
                    }
                    changes.push_str("}\n");
                }
                _ => {}
            }
        }
        let mut rules = String::new();
        for _ in 0..self.dice.below(3) {
            self.rule(&mut rules, &mut Vec::new());
        }
        format!(
            "language 1\nextend \"parent.rules\"\nstyle plain {{ size = 40px }}\nsignal loud = prompt also mentions \
             \"noisy\"\n{}{changes}{rules}",
            self.items
        )
    }

    fn make(&mut self, spec: &'static TaskSpec, scope: &Scope) -> String {
        let mut text = format!("  make {} {{\n", spec.name);
        let mut times = spec.params.iter().filter(|param| is_time(param));
        if let (Some(start), Some(end)) = (times.next(), times.next()) {
            let (from, to) = self.times(scope);
            writeln!(text, "    {} = {from}\n    {} = {to}", start.name, end.name).unwrap();
        }
        for param in spec.params.iter().filter(|param| !is_time(param)) {
            if param.need == Need::Required || self.dice.once_in(2) {
                let value = self.param(param, scope);
                writeln!(text, "    {} = {value}", param.name).unwrap();
            }
        }
        if let Some(inputs) = self.inputs(spec, scope) {
            writeln!(text, "    inputs = {inputs}").unwrap();
        }
        if self.dice.once_in(4) {
            let id = if self.dice.once_in(2) {
                "\"result\"".to_owned()
            } else {
                self.value(Type::Id, None, "", scope, false, 1)
            };
            writeln!(text, "    output_id = {id}").unwrap();
        }
        text + "  }\n"
    }

    /// A start and an end after it.
    fn times(&mut self, scope: &Scope) -> (String, String) {
        let node = scope.node.word();
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        match (self.dice.below(4), scope.node) {
            (0, _) if self.care == Care::Careless => {
                let times = ["0s", "1s", "2s", "2.5s"];
                (self.dice.of(&times).into(), self.dice.of(&times).into())
            }
            (1, _) => pair("0s", "scenario.duration_sec"),
            (2 | 3, NodeKind::Scene | NodeKind::Overlay | NodeKind::Segment) => {
                (format!("{node}.start_sec"), format!("{node}.end_sec"))
            }
            (2, NodeKind::Effect) => pair("0s", "effect.end_sec or 5s"),
            (3, _) => pair("if decision.theses then 0s else 0.5s", "if signal.loud is asked then 1s else 1.5s"),
            _ => pair("0s", "1s"),
        }
    }

    fn param(&mut self, param: &ParamSpec, scope: &Scope) -> String {
        if param.ty == Type::Cues {
            return self.cues(scope);
        }
        self.value(param.ty, param.range, param.name, scope, param.need == Need::Required, 2)
    }

    fn cues(&mut self, scope: &Scope) -> String {
        let cues = scope.paths(false, |field| field.ty == Type::Cues);
        if !cues.is_empty() && self.dice.once_in(2) {
            return self.dice.of(&cues);
        }
        let layer = match (scope.node, scope.layer) {
            (NodeKind::Layer, layer) => layer,
            _ => Some(self.dice.of(&[LayerKind::Text, LayerKind::Subtitle])),
        };
        let mut inside = scope.inside(NodeKind::Segment, layer);
        let which = if scope.node == NodeKind::Layer { "segment".into() } else { inside.selector() };
        let when = if self.dice.once_in(2) { format!(" when {}", self.condition(&inside, 1)) } else { String::new() };
        inside.known.clear();
        let text = self.value(Type::Text, None, "", &inside, true, 1);
        let words = if self.dice.once_in(3) { ", words = segment.params.words" } else { "" };
        format!("each {which}{when} {{ start = segment.start_sec, end = segment.end_sec, text = {text}{words} }}")
    }

    fn inputs(&mut self, spec: &TaskSpec, scope: &Scope) -> Option<String> {
        let count = match spec.inputs {
            _ if self.care == Care::Careless => self.dice.below(4),
            Inputs::Two => 2,
            Inputs::Several => 1 + self.dice.below(3),
            Inputs::OneOrPicture => self.dice.below(2),
        };
        if self.care == Care::Careful && spec.inputs == Inputs::Several && self.dice.once_in(2) {
            let inside = scope.inside(NodeKind::Segment, Some(LayerKind::Video));
            let when =
                if self.dice.once_in(2) { format!(" when {}", self.condition(&inside, 1)) } else { String::new() };
            // There may be none: then a certain one stands beside it.
            return Some(format!("[each segment in video layer{when} segment.clip_id, \"a\"]"));
        }
        if count == 0 && (self.care == Care::Careful || self.dice.once_in(2)) && spec.inputs == Inputs::OneOrPicture {
            return None;
        }
        let all: Vec<String> = (0..count).map(|_| self.value(Type::Asset, None, "", scope, true, 1)).collect();
        match all.as_slice() {
            [one] if self.dice.once_in(2) => Some(one.clone()),
            all => Some(format!("[{}]", all.join(", "))),
        }
    }
}

/// Those two parameters stand in an order.
fn is_time(param: &ParamSpec) -> bool {
    matches!(param.name, "start_time" | "end_time")
}

/// A word as it is written: in quotes where it is none to the grammar.
fn word(word: &str) -> String {
    if word.starts_with(|letter: char| letter.is_ascii_digit()) { format!("\"{word}\"") } else { word.to_owned() }
}
