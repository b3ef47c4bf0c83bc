/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * What kind of character the BERT tokenizer takes a code point for.
 *
 * GLib knows a newer Unicode than the tokenizer that models are trained with, and a newer one every
 * year, so the answers come from own tables and never change.
 */

/** sag_unicode_is_control: dropped from a text, without splitting the word that it stands in. */
gboolean sag_unicode_is_control (gunichar ch);

/** sag_unicode_is_mark: a non-spacing mark: an accent once its letter is decomposed. */
gboolean sag_unicode_is_mark (gunichar ch);

/** sag_unicode_is_punctuation: a word of its own; every ASCII symbol counts, also `$+<=>^|~` and backquote. */
gboolean sag_unicode_is_punctuation (gunichar ch);

/** sag_unicode_is_space: ends a word. */
gboolean sag_unicode_is_space (gunichar ch);

/** sag_unicode_is_cjk: a Chinese character, a word of its own; not kana, not Hangul. */
gboolean sag_unicode_is_cjk (gunichar ch);

/**
 * sag_unicode_to_lower: lower case of one decomposed character.
 *
 * As GLib's, which leaves out the Roman numerals and circled letters because they are not letters.
 */
gunichar sag_unicode_to_lower (gunichar ch);

G_END_DECLS
