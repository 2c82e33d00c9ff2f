//! The stable codes. A code is never reused for another meaning.

use super::Severity;

/// A diagnostic's stable name, e.g. `E0201`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

impl Code {
    /// `E` and four digits for an error, `W` and four digits for a warning.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// What it is called, in a few words.
    #[must_use]
    pub fn title(self) -> &'static str {
        CODES.iter().find(|(code, _)| *code == self).map_or("", |(_, title)| title)
    }

    /// What it means, a wrong example and a righted one: a few paragraphs of Markdown.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        EXPLANATIONS.iter().find(|(code, _)| *code == self).map_or("", |(_, explanation)| explanation)
    }

    /// The code of this name, in any case.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        CODES.iter().map(|(code, _)| *code).find(|code| code.0.eq_ignore_ascii_case(name))
    }

    /// Error or warning: what its letter says.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self.0.starts_with('W') { Severity::Warning } else { Severity::Error }
    }
}

macro_rules! codes {
    ($($name:ident = $code:literal, $title:literal;)*) => {
        $(#[doc = $title] pub const $name: Code = Code($code);)*
        /// Every code with its title, in order.
        pub const CODES: &[(Code, &str)] = &[$(($name, $title)),*];
        const EXPLANATIONS: &[(Code, &str)] =
            &[$(($name, include_str!(concat!("../../templates/codes/", $code, ".md")))),*];
    };
}

// Each is explained in `templates/codes/CODE.md`, with a wrong example that raises it and a righted one that does not.
// 01xx: the scenario. 02xx: the rules language. 03xx: tasks and plans. 04xx: decisions and scripts.
// 05xx: captions. 06xx: templates and the answers of models. 07xx: cases.
codes! {
    JSON_SYNTAX = "E0101", "the file is not JSON";
    UNKNOWN_KEY = "E0102", "a key that the format does not have";
    WRONG_TYPE = "E0103", "a value of the wrong type";
    MISSING_KEY = "E0104", "a required key is missing";
    UNKNOWN_VALUE = "E0105", "a value outside the allowed ones";
    DUPLICATE_KEY = "E0106", "a key stands twice in one object";
    BAD_TIME = "E0107", "a time that cannot be: negative, backwards or past the end";
    UNKNOWN_ASSET = "E0108", "an asset id that `assets` does not have";
    UNKNOWN_SCENE = "E0109", "a scene id that no scene has";
    DUPLICATE_ID = "E0110", "one id for two things";
    BAD_ID = "E0111", "an id that is empty, too long or a path";
    MISSING_ASSET = "E0112", "a segment that has nothing to show or to play";
    NO_PICTURE = "E0113", "a scenario without any picture";
    SEQUENCE_GAP = "E0114", "segments that should follow one another do not";
    OUT_OF_RANGE = "E0115", "a number outside its range";
    EMPTY_FILE = "E0116", "the file is empty";
    BAD_MEDIA = "E0117", "an asset that is missing or cannot be played";
    WORD_TIMES = "E0118", "times of words that do not fit their subtitle";
    RULES_SYNTAX = "E0201", "a line of a rule set that is not understood";
    UNCLOSED = "E0202", "a block or text without its end";
    RULES_TOO_LARGE = "E0203", "a rule set that is too large or nested too deep";
    LANGUAGE_LINE = "E0204", "the language line is missing, late or of another version";
    BROKEN_EXTEND = "E0205", "an `extend` that leads nowhere";
    DUPLICATE_NAME = "E0206", "one name for two things";
    UNKNOWN_FIELD = "E0207", "a path that leads to nothing";
    UNKNOWN_TASK = "E0208", "a task that is not on the whitelist";
    UNKNOWN_PARAM = "E0209", "a parameter that the task does not have";
    UNKNOWN_WORD = "E0210", "a word outside its closed set";
    UNKNOWN_STYLE = "E0211", "a style that is not defined";
    UNKNOWN_SETTING = "E0212", "a setting that is not defined";
    UNKNOWN_SIGNAL = "E0213", "a signal that is not defined, or cannot be read here";
    UNKNOWN_RULE = "E0214", "a rule that the parent set does not have";
    UNKNOWN_SELECTOR = "E0215", "a part of the scenario that there is not";
    UNKNOWN_PROPERTY = "E0216", "a style property that there is not";
    MISSING_PARAM = "E0217", "a required parameter that is never set";
    TYPE_MISMATCH = "E0218", "a value of another type than is due";
    BAD_UNIT = "E0219", "a number with the wrong unit, or with none";
    LITERAL_RANGE = "E0220", "a value outside its range";
    MAYBE_ABSENT = "E0221", "a value that may be absent where one is required";
    ABSENCE_UNSAID = "E0222", "a condition that does not say what absence means";
    CONFLICTING_RULES = "E0223", "two rules that make the same task of the same thing";
    BROKEN_OVERRIDE = "E0224", "an override that does not fit its rule";
    LOCKED_RULE = "E0225", "a locked rule overridden or disabled";
    INCOMPLETE_RULE = "E0226", "a rule without its `for`, or with two";
    MISPLACED = "E0227", "an expression where it cannot stand";
    REQUIREMENT = "E0228", "a scenario breaks a `require` of the rules";
    VALUE_RANGE = "E0229", "a value of the scenario outside its parameter's range";
    UNUSED_SETTING = "W0201", "a setting that nothing reads";
    UNUSED_STYLE = "W0202", "a style that nothing names";
    NEEDLESS_OR = "W0203", "an `or` after what is always there";
    NEVER_FIRES = "W0204", "a rule whose conditions exclude each other";
    NEEDLESS_CONDITION = "W0205", "a condition that holds anyway, or adds nothing";
    NEVER_TAKEN = "W0206", "a branch that is never taken, or an `each` that finds nothing";
    NEEDLESS_REQUIREMENT = "W0207", "a `require` that never refuses anything";
    HOPELESS_REQUIREMENT = "W0208", "a `require` that refuses everything";
    UNHANDLED_VALUE = "W0209", "a value that no rule handles, beside others that rules do";
    UNUSED_SIGNAL = "W0210", "a signal that nothing reads";
    UNKNOWN_TASK_TYPE = "E0301", "a task type that is not on the whitelist";
    UNKNOWN_TASK_PARAM = "E0302", "a parameter that the task type does not have";
    MISSING_TASK_PARAM = "E0303", "a required parameter is not set";
    TASK_PARAM_RANGE = "E0304", "a parameter is outside its range";
    TASK_PARAM_TYPE = "E0305", "a parameter has a value of the wrong type";
    TASK_INPUTS = "E0306", "a task has too few or too many inputs";
    UNKNOWN_INPUT = "E0307", "an input that is neither an asset nor an earlier output";
    OUTPUT_TAKEN = "E0308", "an output id that is taken";
    WRONG_MEDIA = "E0309", "media of the wrong kind for the task";
    PAST_MEDIA_END = "E0310", "a time past the end of the media";
    PAST_PICTURE_END = "E0311", "a time past the end of the picture so far";
    BACKWARD_TIME = "E0312", "an end that is not after its start";
    EMPTY_PICTURE = "E0313", "a plan or task without a picture to work on";
    UNKNOWN_PLAN_STYLE = "E0314", "a style that the plan does not define";
    TASK_ORDER = "E0315", "tasks in an order that cannot be done";
    SOUND_TOO_SHORT = "W0316", "a sound ends before its time";
    UNKNOWN_FONT = "E0318", "a font that is neither shipped nor given";
    TEXT_OVERFLOW = "E0319", "a text that does not fit the safe area";
    TEXT_SHRUNK = "W0320", "a text is drawn smaller to fit the safe area";
    TEXT_MOVED = "W0321", "a text is moved out of another one's way";
    NO_BOLD_FACE = "W0323", "a font has no bold face";
    UNSAYABLE = "E0330", "a task that no scenario can say";
    // E0317 and W0322 were once what is now W0340 and E0341.
    MISSING_GLYPH = "W0340", "a character that no font can draw is left out";
    TEXT_CROWDED = "E0341", "two texts that there is no room for at the same time";
    TONE_MAPPED = "W0342", "an HDR source is tone-mapped to BT.709";
    CLIP_TOO_SHORT = "W0343", "a clip that is shorter than its time";
    QUIET_SOUND = "W0344", "a sound that had next to no loudness was to be brought to one";
    SCRIPT_FILE = "E0401", "a script that cannot be found or read";
    SCRIPT_SYNTAX = "E0402", "a script that is not understood";
    SCRIPT_NAME = "E0403", "a script that reads a signal or fact that there is not";
    SCRIPT_FAILED = "E0404", "a script that fails while it runs";
    SCRIPT_LIMIT = "E0405", "a script that breaks a limit of the sandbox";
    SCRIPT_ANSWER = "E0406", "a script that answers what is no decision";
    CONTRADICTION = "W0407", "a prompt that asks for something and refuses it";
    LONG_PROMPT = "W0408", "a prompt of which only the beginning is read";
    NO_CAPTIONS = "E0501", "a file without a cue";
    CUE_BACKWARDS = "E0502", "a cue that ends before it begins";
    CUE_TOO_LATE = "E0503", "a cue later than 24 hours";
    CUE_UNREADABLE = "W0504", "a cue whose times cannot be read is left out";
    CUE_OUT_OF_ORDER = "W0505", "a cue begins before the one in front of it";
    CUE_OVERLAP = "W0506", "a cue is shown while another one is";
    CUE_PAST_END = "W0507", "a cue outside the video";
    CUE_NO_LENGTH = "W0508", "a cue that is shown for no time";
    CUE_NO_TEXT = "W0509", "a cue without text is left out";
    CAPTION_ENCODING = "W0510", "the encoding of a file was guessed, or does not fit";
    CAPTION_MARKUP = "W0511", "formatting or placement that the scenario cannot hold";
    CAPTION_SYNTAX = "W0512", "what the format does not allow, read as it was meant";
    CUE_SPEED = "W0513", "a cue that nobody can read in its time";
    CUE_LINES = "W0514", "a cue with too long or too many lines";
    CUE_LENGTH = "W0515", "a cue that is shown too short or too long";
    CUE_GAP = "W0516", "a cue follows the one before it without a visible gap";
    TOO_MUCH_TEXT = "W0517", "a text that is too long for its speech";
    NO_SPEECH = "W0518", "a text where no speech is heard";
    TEMPLATE_SYNTAX = "E0601", "a template that is not understood";
    TEMPLATE_VARIABLE = "E0602", "a template that reads what nobody supplies";
    NO_ANSWER = "E0603", "a model's answer without the JSON that was asked for";
    WISH_UNMET = "E0604", "an answer without what the prompt asks for";
    CASE_FILE = "E0701", "a file of a case that cannot be read, or is not named";
    PROJECT_FILE = "E0702", "a project's file that is not understood";
}
