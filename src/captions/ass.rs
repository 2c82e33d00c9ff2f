//! Advanced `SubStation` Alpha, as libass reads it; its older sister SSA differs only in columns that are not needed.

use std::fmt::Write as _;

use crate::text::ass::escape;
use crate::time::Time;

use super::clock::{self, Bad, Decimals};
use super::format::Reading;
use super::{Entry, Track, markup};

/// The columns of an event where the script does not name them.
const COLUMNS: &str = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text";

/// Where an event's times and text stand.
struct Columns {
    count: usize,
    start: usize,
    end: usize,
}

impl Columns {
    /// From a `Format:` line; the text is always the last.
    fn of(line: &str) -> Option<Self> {
        let names: Vec<String> = line.split(',').map(|name| name.trim().to_lowercase()).collect();
        let place = |wanted: &str| names.iter().position(|name| name == wanted);
        Some(Self { count: names.len(), start: place("start")?, end: place("end")? })
    }
}

pub(super) fn read(reading: &mut Reading<'_>) {
    let mut columns = Columns::of(COLUMNS);
    let mut breaks_softly = false;
    let mut section = String::new();
    for (at, line) in reading.lines() {
        let line = line.trim_start_matches([' ', '\t', '\u{feff}']);
        if line.starts_with('[') {
            section = line.trim_end().to_lowercase();
        } else if let Some(style) = line.strip_prefix("WrapStyle:") {
            breaks_softly = style.trim() == "2";
        } else if let Some(names) = line.strip_prefix("Format:").filter(|_| section == "[events]") {
            columns = Columns::of(names).or(columns);
        } else if let (Some(event), Some(columns)) = (line.strip_prefix("Dialogue:"), &columns) {
            let fields: Vec<&str> = event.trim_start().splitn(columns.count, ',').collect();
            let field = |place: usize| fields.get(place).copied();
            let times = time(field(columns.start)).and_then(|start| Ok((start, time(field(columns.end))?)));
            let stripped = markup::of_ass(field(columns.count - 1).unwrap_or_default(), breaks_softly);
            reading.cue(at, times, stripped.text, stripped.has_markup);
        }
    }
}

fn time(field: Option<&str>) -> Result<Time, Bad> {
    let (milliseconds, rest) = field.and_then(|field| clock::read(field, Decimals::Share)).ok_or(Bad::Unreadable)?;
    if rest.trim().is_empty() { clock::time(milliseconds) } else { Err(Bad::Unreadable) }
}

/// A script that every player draws: white letters with an outline at the bottom, a twentieth of the picture high.
const HEAD: &str = "\
[Script Info]
ScriptType: v4.00+
WrapStyle: 0
ScaledBorderAndShadow: yes
PlayResX: 1920
PlayResY: 1080

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Noto Sans,54,&H00FFFFFF,&H00FFFFFF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,3,0,2,96,96,54,1

[Events]
";

pub(super) fn write(track: &Track) -> String {
    let mut text = format!("{HEAD}Format: {COLUMNS}\n");
    for Entry { cue, .. } in track.entries() {
        let start = (cue.start.as_millis().max(0) + 5) / 10;
        // Whatever is shown is shown for a hundredth of a second.
        let end = ((cue.end.as_millis().max(0) + 5) / 10).max(start + 1);
        let _ = write!(text, "Dialogue: 0,{},{},Default,,0,0,0,,", timestamp(start), timestamp(end));
        for (number, line) in cue.text.lines().enumerate() {
            if number > 0 {
                text.push_str("\\N");
            }
            escape(line, &mut text);
        }
        text.push('\n');
    }
    text
}

fn timestamp(hundredths: i64) -> String {
    let (seconds, hundredths) = (hundredths / 100, hundredths % 100);
    format!("{}:{:02}:{:02}.{hundredths:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
