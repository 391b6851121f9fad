//! Counts what this thread holds in memory.
#![allow(
    unsafe_code,
    reason = "an allocator is unsafe to write, and only an allocator knows"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

#[global_allocator]
static COUNTING: Counting = Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

/// The most bytes that were held at once during `work`, beyond those held before.
pub fn most_held<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = HELD.get();
    MOST.set(before);
    let done = work();
    (MOST.get().saturating_sub(before).unsigned_abs(), done)
}

struct Counting;

impl Counting {
    fn count(bytes: isize) {
        // A thread that ends has no counters any more, and nothing to count.
        let _ended = HELD.try_with(|held| {
            held.set(held.get() + bytes);
            MOST.set(MOST.get().max(held.get()));
        });
    }
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::count(layout.size() as isize);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        Self::count(-(layout.size() as isize));
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}
