//! Texts drawn by the real libass: what the layout says is where the ink is.

#[path = "text/stage.rs"]
mod stage;

#[path = "text/animated.rs"]
mod animated;
#[path = "text/drawn.rs"]
mod drawn;
#[path = "text/karaoke.rs"]
mod karaoke;
#[path = "text/literal.rs"]
mod literal;
#[path = "text/timing.rs"]
mod timing;
