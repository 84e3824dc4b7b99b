import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** Closer to the end than this counts as being there. */
const NEAR_END = 80;
/** Older messages are fetched this far before the top comes into view. */
const NEAR_TOP = 600;

interface Options {
  count: number;
  firstId: string | undefined;
  lastSeq: number;
  /** Own messages on their way: writing one leads to the end. */
  ownCount: number;
  canLoad: boolean;
  load: () => Promise<void>;
}

/** The scrolling of a thread: starts at the end, stays there, keeps its place while older ones load. */
export function useThreadScroll({ count, firstId, lastSeq, ownCount, canLoad, load }: Options) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const [loading, setLoading] = useState(false);
  const [failed, setFailed] = useState(false);
  const [seenSeq, setSeenSeq] = useState(lastSeq);
  const pinned = useRef(true);
  const busy = useRef(false);
  const before = useRef({ height: 0, firstId, ownCount });

  const toEnd = useCallback(() => {
    const element = box.current;
    if (element === null) return;
    pinned.current = true;
    element.scrollTop = element.scrollHeight;
    setAtEnd(true);
  }, []);

  const loadMore = useCallback(() => {
    if (busy.current || !canLoad) return;
    busy.current = true;
    setLoading(true);
    setFailed(false);
    load()
      .catch(() => setFailed(true))
      .finally(() => {
        busy.current = false;
        setLoading(false);
      });
  }, [canLoad, load]);

  // After each change of what is shown, before it is painted.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || count < 0) return;
    const { height, firstId: oldFirst, ownCount: oldOwn } = before.current;
    if (pinned.current || ownCount > oldOwn) toEnd();
    else if (oldFirst !== firstId) element.scrollTop += element.scrollHeight - height;
    before.current = { height: element.scrollHeight, firstId, ownCount };
  }, [count, firstId, ownCount, toEnd]);

  // Pictures that load and windows that change size must not push the end out of view.
  useEffect(() => {
    if (content.current === null || box.current === null) return;
    const observer = new ResizeObserver(() => {
      if (pinned.current) toEnd();
      if (box.current !== null) before.current.height = box.current.scrollHeight;
    });
    observer.observe(content.current);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [toEnd]);

  useEffect(() => {
    if (atEnd) setSeenSeq(lastSeq);
  }, [atEnd, lastSeq]);

  const onScroll = useCallback(() => {
    const element = box.current;
    if (element === null) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    pinned.current = left < NEAR_END;
    setAtEnd(pinned.current);
    if (element.scrollTop < NEAR_TOP && !failed) loadMore();
  }, [loadMore, failed]);

  // A first page too short to scroll would otherwise never ask for more.
  useEffect(() => {
    const element = box.current;
    if (element !== null && element.scrollHeight <= element.clientHeight + NEAR_END && !failed) {
      loadMore();
    }
  }, [loadMore, failed]);

  return {
    box,
    content,
    atEnd,
    unseen: Math.max(0, lastSeq - seenSeq),
    loading,
    failed,
    loadMore,
    toEnd,
    onScroll,
  };
}
