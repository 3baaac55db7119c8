import { useEffect, useState } from "preact/hooks";
import { key } from "../state/session.js";

/**
 * @template T
 * @typedef {{value: T | null, error: unknown, isLoading: boolean, again: () => void}} Loaded
 */

/**
 * Loads something when a component appears, when what it depends on changes, and after a sign-in.
 * What was loaded before stays until the new is there.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @param {unknown[]} on
 * @returns {Loaded<T>}
 */
export function useLoad(load, on) {
  const [state, setState] = useState(
    /** @type {{value: T | null, error: unknown, isLoading: boolean}} */ ({
      value: null,
      error: null,
      isLoading: true,
    }),
  );
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    load(abort.signal).then(
      (value) => abort.signal.aborted || setState({ value, error: null, isLoading: false }),
      (error) => abort.signal.aborted || setState({ value: null, error, isLoading: false }),
    );
    return () => abort.abort();
  }, [...on, round, key.value]);
  return { ...state, again: () => setRound((before) => before + 1) };
}
