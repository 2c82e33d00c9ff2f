//! Markup in caption files: taken out of what is read, and kept from arising in what is written.
//!
//! SRT and ASS have no way to write a literal `<i>` or `\N`. A word joiner (U+2060), which nobody sees, behind its first
//! character keeps it from meaning anything to a player; what is read loses it again.

/// Keeps a character from being the start of markup.
pub(super) const GUARD: char = '\u{2060}';

/// The characters that a guard may stand behind.
const GUARDED: &[char] = &['<', '&', '{', '}', '\\', '-', '—', '–'];

/// Tags without attributes, and with: what `SubRip`, ffmpeg, VLC and `WebVTT` know between them.
const PLAIN_TAGS: &[&str] = &["i", "b", "u", "s", "em", "strong", "ruby", "rt", "br", "font", "c", "span", "p"];
const TAGS: &[&str] = &["font", "c", "v", "lang", "span", "p"];

/// Character references; of HTML's thousands, those that caption tools write.
const ENTITIES: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("lrm", '\u{200e}'),
    ("rlm", '\u{200f}'),
    ("shy", '\u{ad}'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
];

/// Text as it was meant, and whether formatting or placement was dropped on the way.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Stripped {
    pub(super) text: String,
    pub(super) has_markup: bool,
}

/// Text of an SRT file. Only tags that are known are dropped: `a < b` and `<sighs>` are text.
pub(super) fn of_srt(text: &str) -> Stripped {
    let mut stripped = Stripped::default();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some((length, instead)) = srt_markup(rest) {
            stripped.has_markup |= instead.is_none();
            stripped.text.extend(instead);
            rest = rest.get(length..).unwrap_or_default();
        } else {
            stripped.text.push(letter);
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        }
    }
    stripped.text = unguarded(&stripped.text);
    stripped
}

/// Text that an SRT reader takes for what it is.
pub(super) fn guarded_for_srt(text: &str) -> String {
    let mut guarded = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        guarded.push(letter);
        if srt_markup(text.get(at..).unwrap_or_default()).is_some() {
            guarded.push(GUARD);
        }
    }
    guarded
}

/// The length of the markup that `text` begins with, and the character that it stands for.
fn srt_markup(text: &str) -> Option<(usize, Option<char>)> {
    match text.chars().next()? {
        '<' => tag(text),
        '&' => entity(text).map(|(length, letter)| (length, Some(letter))),
        '{' => override_block(text).map(|length| (length, None)),
        // Not SRT, but ffmpeg and VLC both take it so.
        '\\' if text.starts_with("\\N") => Some((2, Some('\n'))),
        '\\' if text.starts_with("\\h") => Some((2, Some('\u{a0}'))),
        _ => None,
    }
}

fn tag(text: &str) -> Option<(usize, Option<char>)> {
    let inside = text.strip_prefix('<')?;
    let end = closed_by(inside, '>', '<')?;
    let body = inside.get(..end)?;
    let body = body.strip_prefix('/').unwrap_or(body);
    let body = body.strip_suffix('/').unwrap_or(body).trim_end();
    let name_end = body.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(body.len());
    let (name, attributes) = body.split_at(name_end);
    let name = name.to_ascii_lowercase();
    let is_known = if attributes.is_empty() || attributes.starts_with('.') {
        PLAIN_TAGS.contains(&name.as_str()) || TAGS.contains(&name.as_str())
    } else {
        attributes.starts_with([' ', '\t', '=']) && TAGS.contains(&name.as_str())
    };
    is_known.then(|| (end + 2, (name == "br").then_some('\n')))
}

/// Where `closing` stands, if it does before the line ends and before another `opening`.
fn closed_by(text: &str, closing: char, opening: char) -> Option<usize> {
    let end = text.find([closing, opening, '\n'])?;
    text.get(end..)?.starts_with(closing).then_some(end)
}

/// `{\an8}` and the like, and `{y:i}` of `MicroDVD`, which ffmpeg drops too.
fn override_block(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('{')?;
    let end = closed_by(inside, '}', '{')?;
    let body = inside.get(..end)?;
    let is_microdvd = body.split_once(':').is_some_and(|(name, _)| name.len() == 1 && "CcFfoPSsYy".contains(name));
    // A backslash with a guard behind it is a literal one.
    let is_override = body.strip_prefix('\\').is_some_and(|name| !name.starts_with(GUARD));
    (is_override || is_microdvd).then_some(end + 2)
}

/// The character that a reference such as `&amp;` or `&#8212;` stands for, and its length.
fn entity(text: &str) -> Option<(usize, char)> {
    let inside = text.strip_prefix('&')?;
    let end = inside.bytes().take(10).position(|byte| byte == b';')?;
    let name = inside.get(..end)?;
    let letter = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|letter| !letter.is_control())?
        }
        None => ENTITIES.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((end + 2, letter))
}

/// Text of a `WebVTT` cue: by its specification, whatever stands between `<` and `>` is a tag.
pub(super) fn of_vtt(text: &str) -> Stripped {
    let mut stripped = Stripped::default();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let mut length = letter.len_utf8();
        match letter {
            '<' => {
                length = rest.find('>').map_or(rest.len(), |end| end + 1);
                stripped.has_markup = true;
            }
            '&' => match entity(rest) {
                Some((whole, letter)) => {
                    length = whole;
                    stripped.text.push(letter);
                }
                None => stripped.text.push('&'),
            },
            '\0' => stripped.text.push('\u{fffd}'),
            other => stripped.text.push(other),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    stripped
}

/// Text that a `WebVTT` reader takes for what it is.
pub(super) fn escaped_for_vtt(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Text of an ASS event, without override blocks and drawings. `\n` is a line end only where `breaks_softly` is said by
/// the script (wrap style 2), else a blank.
pub(super) fn of_ass(text: &str, breaks_softly: bool) -> Stripped {
    let mut stripped = Stripped::default();
    let mut is_drawing = false;
    // Behind the last closing brace no block ends: nothing is searched for there, however many begin.
    let last_end = text.rfind('}');
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let (length, instead) = match (letter, rest.chars().nth(1)) {
            ('\\', Some('N')) => (2, Some('\n')),
            ('\\', Some('n')) => (2, Some(if breaks_softly { '\n' } else { ' ' })),
            ('\\', Some('h')) => (2, Some('\u{a0}')),
            ('\\', Some(brace @ ('{' | '}'))) => (2, Some(brace)),
            ('{', _) => match last_end.filter(|last| rest.len() > text.len() - last).and_then(|_| rest.find('}')) {
                Some(end) => {
                    is_drawing = draws(rest.get(..end).unwrap_or_default()).unwrap_or(is_drawing);
                    stripped.has_markup = true;
                    (end + 1, None)
                }
                None => (1, Some('{')),
            },
            (other, _) => (other.len_utf8(), Some(other)),
        };
        stripped.text.extend(instead.filter(|_| !is_drawing));
        rest = rest.get(length..).unwrap_or_default();
    }
    stripped.text = unguarded(&stripped.text);
    stripped
}

/// Whether the last `\p` of an override block begins a drawing or ends one.
fn draws(block: &str) -> Option<bool> {
    block.rsplit('\\').find_map(|tag| {
        let digits = tag.strip_prefix('p')?.trim();
        (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits != "0")
    })
}

/// `text` without its guards.
pub(super) fn unguarded(text: &str) -> String {
    if !text.contains(GUARD) {
        return text.to_owned();
    }
    let mut previous = ' ';
    let keep = |letter: &char| {
        let is_guard = *letter == GUARD && GUARDED.contains(&previous);
        if !is_guard {
            previous = *letter;
        }
        !is_guard
    };
    text.chars().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn srt(text: &str) -> String {
        of_srt(text).text
    }

    #[test]
    fn what_srt_tools_write_is_dropped_and_what_people_write_is_not() {
        assert_eq!(srt("<i>a</i> <B>b</B> <font color=\"#fff\">c</font>{\\an8}"), "a b c");
        assert_eq!(srt("<c.yellow>x</c> <v Anna Maria>y</v> <br/>z{y:i}"), "x y \nz");
        assert_eq!(srt("Tom &amp; Jerry &lt;3&nbsp;x &#8212; &#x2014;"), "Tom & Jerry <3\u{a0}x — —");
        assert_eq!(srt("a < b, <3, <sighs>, {sic}, AT&T; &c;"), "a < b, <3, <sighs>, {sic}, AT&T; &c;");
        assert_eq!(srt("<b unless c>"), "<b unless c>");
        assert!(of_srt("{\\pos(1,2)}x").has_markup && !of_srt("a &amp; b").has_markup);
    }

    #[test]
    fn literal_markup_survives_srt() {
        for text in ["<i>", "</font>", "&amp;", "{\\an8}", "a\\Nb", "<<i>", "&&lt;", "a < b"] {
            assert_eq!(srt(&guarded_for_srt(text)), text);
        }
        assert_eq!(guarded_for_srt("AT&T, a < b"), "AT&T, a < b");
    }

    #[test]
    fn vtt_has_tags_and_references() {
        let text = "<v Anna>Hi <00:00:01.000><c.loud>there</c> &amp;amp; &lt;b&gt;";
        assert_eq!(of_vtt(text).text, "Hi there &amp; <b>");
        assert_eq!(of_vtt("a < b").text, "a ", "by the specification an open tag goes on to the end");
        assert_eq!(of_vtt(&escaped_for_vtt("a < b --> &amp; <i>")).text, "a < b --> &amp; <i>");
    }

    #[test]
    fn ass_overrides_and_drawings_go() {
        assert_eq!(of_ass("{\\i1}a{\\i0}\\Nb\\hc\\nd", false).text, "a\nb\u{a0}c d");
        assert_eq!(of_ass("a\\nb", true).text, "a\nb");
        assert_eq!(of_ass("{\\p1}m 0 0 l 5 5{\\p0}text{\\pos(1,2)}", false).text, "text");
        assert_eq!(of_ass("\\{a\\} {b", false).text, "{a} {b");
    }
}
