//! The words by which a prompt asks for a video, as opposed to those that say something of its matter.
//!
//! What the rules listen for (subtitles, theses, text) is not among them: those words are the producer's.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::decide::{Word, words};

/// What is made and what it is made of; every grammatical form.
const PRODUCT: &str = "видео видеоролик видосик ролик клип рилс рилсы шортс сторис тизер трейлер слайдшоу нарезка \
     перебивка футаж закадровый озвучка хронометраж сценарий исходник превью video clip reel footage teaser trailer \
     slideshow montage b-roll soundtrack voiceover fps storyboard timeline";

/// Verbs that only an editor is told; these very forms.
const EDITING: &str = "сделай сделайте сделать делай создай создайте создать собери соберите собрать смонтируй смонтируйте \
     смонтировать монтируй нарежь нарежьте нарезать склей склейте склеить добавь добавьте добавить вставь вставьте \
     вставить наложи наложите наложить выведи выведите вывести выдели выделите выделить используй используйте убери \
     уберите убрать сгенерируй сгенерируйте придумай придумайте подготовь подготовьте оформи оформите разбей разбейте \
     обрежь обрежьте ускорь ускорьте замедли замедлите вынеси вынесите размести разместите заверши завершите закончи \
     закончите сократи сократите уложись уложитесь оставь оставьте сними снимите поменяй поменяйте озвучь озвучьте озвучивай подложи подложите напиши напишите пусть \
     пожалуйста спасибо привет здравствуйте please thanks hello hi";

/// Words that ask where they begin a clause; these very forms.
const OPENING: &str = "хочу хотим хотелось хочется хотел хотела нужен нужна нужно нужны надо требуется прошу просьба возьми \
     возьмите покажи покажите показать расскажи расскажите рассказать начни начните поставь поставьте подбери подберите \
     дай дайте раздели разделите укажи укажите упомяни упомяните акцент снимаем пишем make create edit add show put \
     use cut build give write highlight include render generate produce shoot assemble insert overlay mention keep \
     lets let's can could would i i'd i'm we'd need want don't avoid turn feature emphasize trim crop leave remove skip drop";

/// Words that may stand before those.
const LEADING: &str = "и а но ещё еще также затем потом сначала очень только в во на начале конце финале середине я мне нам мы \
     and then also just now so but first finally next at in the end start beginning";

/// Beginnings that ask, or that take back what was asked.
const ASKING: &[&str] = &[
    "we need",
    "we want a",
    "we want the",
    "we would like",
    "i would",
    "мы бы",
    "хотя нет",
    "нет лучше",
    "actually no",
    "on second thought",
    "scratch that",
    "wait no",
];

/// How it is to look and where things stand; every form.
const LAYOUT: &str = "шрифт крупный крупно крупнее мелкий мелко жирный жирно белый черный желтый красный синий зеленый цвет \
     цветной фон центр посередине сверху снизу внизу вверху слева справа экран экране угол контур тень размер font big \
     bold large small white black yellow red blue green color colour background center centre top bottom left right \
     screen corner outline shadow size";

/// How it is to feel; every form.
const MANNER: &str = "ярко яркий коротко короткий кратко быстро быстрый динамично динамичный бодро бодрый весело веселый \
     спокойно спокойный красиво красивый стильно стильный энергично энергичный минималистично современно современный \
     дорого качественно качественный аккуратно плавно плавный дружелюбно серьезно профессионально профессиональный живо \
     легко эмоционально музыка музыкальный темп ритм ритмичный тон стиль стилистика формат настроение фоновый логотип \
     монтаж кадр сцена переход тезисно оба both punchy bright short fast quick dynamic upbeat energetic calm stylish clean modern fun catchy snappy \
     professional minimal minimalist style tone mood vibe pace music background logo transition format trendy cinematic";

/// Words that say nothing by themselves.
const SMALL: &str = "и а но или да же ли бы не ни в во на с со для по к ко у о об обо от из за до при под над между про через \
     без это этот эта эти как что чтобы так то там тут он она они мы вы ты я мой наш наша наше наши ваш свой наши его её \
     их все всё весь очень тоже ещё еще уже только лишь будет быть есть был чтоб где когда если который a an the and or \
     but of in on for with to at by from as is are be was were it its this that these those our your my we you they he \
     she i so very too just also not no";

/// What the matter comes after: «про», "about".
const TOPIC: &str = "про о об обо about";

/// What announces words for the screen.
const ANNOUNCING: &str = "слоган девиз лозунг призыв фраза слова словами цитата пункт пункты надпись заголовок экран экране screen напиши напишите \
     выведи выведите slogan tagline phrase words quote point points write says saying reading line lines title headline";

/// Words that begin a clause which hangs on the one before it.
const HANGING: &str = "что чтобы чтоб который которая которое которые где когда если потому поэтому хотя как пока which who \
     that because where when if so while although since";

struct Vocabulary {
    product: BTreeSet<String>,
    editing: BTreeSet<String>,
    opening: BTreeSet<String>,
    leading: BTreeSet<String>,
    layout: BTreeSet<String>,
    manner: BTreeSet<String>,
    small: BTreeSet<String>,
    topic: BTreeSet<String>,
    announcing: BTreeSet<String>,
    hanging: BTreeSet<String>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let stems = |text: &str| words(text).into_iter().map(|word| word.stem).collect();
    let forms = |text: &str| words(text).into_iter().map(|word| word.folded).collect();
    Vocabulary {
        product: stems(PRODUCT),
        editing: forms(EDITING),
        opening: forms(OPENING),
        leading: forms(LEADING),
        layout: stems(LAYOUT),
        manner: stems(MANNER),
        small: forms(SMALL),
        topic: forms(TOPIC),
        announcing: stems(ANNOUNCING),
        hanging: forms(HANGING),
    }
});

/// Whether the word is the video, or what it is made of.
pub(super) fn is_product(word: &Word) -> bool {
    VOCABULARY.product.contains(&word.stem)
}

/// Whether what comes after the word is the matter.
pub(super) fn is_topic(word: &Word) -> bool {
    VOCABULARY.topic.contains(&word.folded)
}

/// Whether the word announces words for the screen.
pub(super) fn announces(word: &Word) -> bool {
    VOCABULARY.announcing.contains(&word.stem)
}

/// Whether the word says nothing by itself.
pub(super) fn is_small(word: &Word) -> bool {
    VOCABULARY.small.contains(&word.folded)
}

/// How many words say something.
pub(super) fn content(words: &[Word]) -> usize {
    words.iter().filter(|word| !is_small(word)).count()
}

/// Whether the clause hangs on the one before it.
pub(super) fn hangs(words: &[Word]) -> bool {
    words.first().is_some_and(|word| VOCABULARY.hanging.contains(&word.folded))
}

/// Whether every word with a meaning is about places and letters.
pub(super) fn is_layout(words: &[Word]) -> bool {
    words.iter().all(|word| is_small(word) || VOCABULARY.layout.contains(&word.stem))
}

/// Whether the word says how something should look or feel.
pub(super) fn is_styling(word: &Word) -> bool {
    VOCABULARY.layout.contains(&word.stem) || VOCABULARY.manner.contains(&word.stem)
}

/// Whether a clause asks for something, by its words alone.
pub(super) fn asks(words: &[Word]) -> bool {
    let vocabulary = &*VOCABULARY;
    let opens = words.iter().position(|word| !vocabulary.leading.contains(&word.folded));
    let opening = opens.and_then(|at| words.get(at)).is_some_and(|word| vocabulary.opening.contains(&word.folded));
    let first: Vec<&str> = words.iter().take(3).map(|word| word.folded.as_str()).collect();
    let first = first.join(" ");
    opening
        || ASKING.iter().any(|asking| first.starts_with(asking))
        || words.iter().any(|word| is_product(word) || vocabulary.editing.contains(&word.folded))
        || words.iter().all(|word| is_small(word) || is_styling(word))
}
