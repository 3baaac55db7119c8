// The collections that the key reaches, and the one that is looked at.
import { computed, signal } from "@preact/signals";
import { request } from "../service/request.js";
import { route } from "./route.js";

/** Names of all collections; null before they are known. */
export const names = signal(/** @type {string[] | null} */ (null));

/** The name of the service's default collection; empty before it is known. */
export const standard = signal("");

/** Counted up when articles came or went, so that counts and lists are read again. */
export const changes = signal(0);

/** The collection of the address, else the default one. */
export const collection = computed(() => route.value.params.get("collection") ?? standard.value);

/** The collection as a parameter: null for the default one, which needs no name. */
export const collectionParam = computed(() =>
  collection.value === standard.value ? null : collection.value,
);

/** @returns {Promise<void>} */
export async function loadCollections() {
  const list = await request("GET", "/v1/collections");
  names.value = list.collections;
  standard.value = list.default;
}
