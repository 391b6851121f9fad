//! Rows side by side on one thread, each a task of its own: what goes wrong in one is that one's.

use std::future::Future;
use tokio::task::{JoinSet, yield_now};

/// Begins those of `count` tasks that `order` names, in that order, and waits for all of them. None
/// for one that was not begun, or that panicked.
///
/// Each begins when those under way had their turn. So with little CPU few are under way at a time,
/// and the first ones end early; and none waits for a peer that is slow.
pub async fn side_by_side<T, F>(
    count: usize,
    order: impl Iterator<Item = usize>,
    task: impl Fn(usize) -> F,
) -> Vec<Option<T>>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for index in order {
        let task = task(index);
        tasks.spawn(async move { (index, task.await) });
        yield_now().await;
    }
    let mut ended: Vec<Option<T>> = std::iter::repeat_with(|| None).take(count).collect();
    while let Some(task) = tasks.join_next().await {
        // The hook for panics has logged where it was.
        if let Ok((index, result)) = task
            && let Some(place) = ended.get_mut(index)
        {
            *place = Some(result);
        }
    }
    ended
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn a_panic_ends_its_own_task_only() {
        let ended = side_by_side(3, 0..3, async |index| {
            yield_now().await;
            assert_ne!(index, 1, "a codec that does not hold what it promised");
            index
        });
        assert_eq!(ended.await, [Some(0), None, Some(2)]);
    }

    #[test]
    fn what_is_deployed_unwinds() {
        let manifest = include_str!("../../../Cargo.toml");
        let (_, release) = manifest.split_once("[profile.release]").expect("a profile");
        let release = release.split("\n[").next().expect("its lines");
        // What the manifest leaves open, cargo-lambda sets to "abort": a panic would end all rows.
        assert!(release.contains("\npanic = \"unwind\"\n"), "{release}");
    }

    #[tokio::test]
    async fn what_is_not_named_is_not_begun() {
        let ended = side_by_side(4, [3, 1].into_iter(), async |index| index);
        assert_eq!(ended.await, [None, Some(1), None, Some(3)]);
    }

    #[tokio::test]
    async fn with_work_at_hand_few_are_under_way_and_the_first_end_first() {
        /// Turns that a task needs.
        const TURNS: usize = 5;
        let (under_way, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let ended = Arc::new(AtomicUsize::new(0));
        let places = side_by_side(100, 0..100, |_| {
            let (under_way, most) = (Arc::clone(&under_way), Arc::clone(&most));
            let ended = Arc::clone(&ended);
            async move {
                let now = under_way.fetch_add(1, Ordering::Relaxed) + 1;
                most.fetch_max(now, Ordering::Relaxed);
                for _ in 0..TURNS {
                    yield_now().await;
                }
                under_way.fetch_sub(1, Ordering::Relaxed);
                ended.fetch_add(1, Ordering::Relaxed)
            }
        });
        let places: Vec<usize> = places.await.into_iter().flatten().collect();
        assert!(places.is_sorted(), "{places:?}");
        assert_eq!(places.len(), 100);
        let most = most.load(Ordering::Relaxed);
        assert!(most <= TURNS + 2, "{most} at a time");
    }
}
