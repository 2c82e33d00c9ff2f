//! What waits, what fits and what was taken, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::error::Error;
use crate::fill::{Candidate, Filled, Wish};

/// The longest title that is shown, in characters.
const TITLE: usize = 40;

/// What was taken, a line each.
pub(super) fn filled(filled: &[Filled]) -> String {
    let mut text = String::new();
    for one in filled {
        let fit = one.clip_fit.map(|fit| format!(", {}", fit.word())).unwrap_or_default();
        let credit = one.attribution.as_deref().map(|line| format!("; {line}")).unwrap_or_default();
        let _ = writeln!(text, "{}: {} ({}{fit}){credit}", one.segment_id, one.path, one.provider);
    }
    text
}

/// What waits, and under each what fits.
pub(super) fn listed(wishes: &[Wish], offers: &[Vec<Candidate>]) -> String {
    if wishes.is_empty() {
        return "no segment waits for its media\n".to_owned();
    }
    let mut text = String::new();
    for (number, (wish, offers)) in wishes.iter().zip(offers).enumerate() {
        if number > 0 {
            text.push('\n');
        }
        let scene = wish.scene_id.as_deref().unwrap_or("no scene");
        let query = if wish.query.is_empty() { "nothing says what it shows" } else { &wish.query };
        let Wish { segment_id, start_sec, length_sec, width, height, .. } = wish;
        let _ = writeln!(text, "{segment_id}  {scene}, {length_sec} s from {start_sec} s, {width}x{height}: {query}");
        if offers.is_empty() {
            let _ =
                writeln!(text, "  nothing fits: use other words with `--query`, or let Veo make it with `--generate`");
        }
        text += &table(offers);
    }
    text
}

/// Numbers begin anew with each provider: `--pick` goes with `--from`.
fn table(offers: &[Candidate]) -> String {
    let mut rows = Vec::new();
    let mut number = 0;
    let mut last = None;
    for offer in offers {
        number = if last == Some(offer.provider) { number + 1 } else { 1 };
        last = Some(offer.provider);
        let length = offer.duration_sec.map_or_else(|| "photo".to_owned(), |length| format!("{length} s"));
        let size = if offer.width == 0 { "sound".to_owned() } else { format!("{}x{}", offer.width, offer.height) };
        let title: String = offer.title.as_deref().unwrap_or_default().chars().take(TITLE).collect();
        let author = offer.credit.author.clone().unwrap_or_default();
        let license = offer.credit.license.clone().unwrap_or_default();
        let preview = offer.preview.clone().or_else(|| offer.credit.page.clone()).unwrap_or_default();
        let row = [
            number.to_string(),
            offer.provider.to_string(),
            offer.id.clone(),
            length,
            size,
            lacks(offer),
            title,
            author,
            license,
            preview,
        ];
        // What comes from outside is one line, and moves no cursor.
        rows.push(row.map(|cell| cell.chars().filter(|c| !c.is_control()).collect::<String>()));
    }
    aligned(&rows)
}

/// How it fits.
fn lacks(offer: &Candidate) -> String {
    let lacks = [(offer.fit.shape, "other shape"), (offer.fit.length, "short"), (offer.fit.size, "small")];
    let lacks: Vec<&str> = lacks.into_iter().filter_map(|(fits, lack)| (!fits).then_some(lack)).collect();
    if lacks.is_empty() { "fits".to_owned() } else { lacks.join(", ") }
}

fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::from(" ");
        for (width, cell) in widths.iter().zip(row).filter(|(width, _)| **width > 0) {
            let _ = write!(line, " {cell:<width$} ");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// The same for programs.
pub(super) fn as_json(wishes: &[Wish], offers: &[Vec<Candidate>], troubles: &[Error]) -> Value {
    let segments: Vec<Value> =
        wishes.iter().zip(offers).map(|(wish, offers)| json!({ "wish": wish, "candidates": offers })).collect();
    let troubles: Vec<Value> = troubles
        .iter()
        .map(|trouble| match trouble {
            Error::Fill { provider, reason, fix, .. } => json!({ "provider": provider, "reason": reason, "fix": fix }),
            other => json!({ "reason": other.to_string() }),
        })
        .collect();
    json!({ "segments": segments, "troubles": troubles })
}
