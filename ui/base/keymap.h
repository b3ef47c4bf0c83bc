/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SagUiKeyRow: one action that a person can want on a key; the table is keymap-rows.c.
 * @action: detailed name, for example "view.preset(0)"
 * @group, @title: to translate
 * @pacs, @itk_snap: accelerators of the two maps, apart by spaces; "" for none
 * @held: acts while the key is down: the widget that has the action listens itself, with
 *   sag_ui_keymap_matches()
 */
typedef struct
{
  const char *action;
  const char *group;
  const char *title;
  const char *pacs;
  const char *itk_snap;
  gboolean    held;
} SagUiKeyRow;

/** sag_ui_key_rows: all of them, groups together, in the order in which a person reads them. */
const SagUiKeyRow *sag_ui_key_rows (gsize *n_rows);

/**
 * SagUiKeymap: which keys the actions have: those of the map that the settings name, and what the
 * person chose instead. One for the program, on the main thread.
 *
 * Signal "changed": some action has other keys.
 */
#define SAG_UI_TYPE_KEYMAP (sag_ui_keymap_get_type ())
G_DECLARE_FINAL_TYPE (SagUiKeymap, sag_ui_keymap, SAG_UI, KEYMAP, GObject)

/** sag_ui_keymap_get_default: (transfer none). */
SagUiKeymap *sag_ui_keymap_get_default (void);

/** sag_ui_keymap_new: for tests; the program has one. */
SagUiKeymap *sag_ui_keymap_new (GSettings *settings);

/** sag_ui_keymap_dup_keys: (transfer full): accelerators of @action, NULL-terminated, maybe none. */
char **sag_ui_keymap_dup_keys (SagUiKeymap *self, const char *action);

/** sag_ui_keymap_dup_label: (nullable): its first key as people read it: "Ctrl+O"; NULL for none. */
char *sag_ui_keymap_dup_label (SagUiKeymap *self, const char *action);

/** sag_ui_keymap_matches: whether a pressed or released key is one of @action's. */
gboolean
sag_ui_keymap_matches (SagUiKeymap *self, const char *action, guint keyval, GdkModifierType state);

/**
 * sag_ui_keymap_dup_accelerator: (nullable): the accelerator of a pressed key; NULL for one that
 * cannot be an action's: Shift alone, Tab, Escape without anything.
 */
char *sag_ui_keymap_dup_accelerator (guint keyval, GdkModifierType state);

/** sag_ui_keymap_find: (nullable): the row that has @accelerator now, @except left out. */
const SagUiKeyRow *
sag_ui_keymap_find (SagUiKeymap *self, const char *accelerator, const char *except);

/**
 * sag_ui_keymap_set_keys: from now on @action has these keys (an empty list: none), whatever the
 * map; an action that had one of them loses it.
 */
void sag_ui_keymap_set_keys (SagUiKeymap *self, const char *action, const char *const *keys);

/** sag_ui_keymap_reset: the map's own keys again; @action NULL: for all. */
void sag_ui_keymap_reset (SagUiKeymap *self, const char *action);

/** sag_ui_keymap_is_custom: the person chose this action's keys. */
gboolean sag_ui_keymap_is_custom (SagUiKeymap *self, const char *action);

/* keymap-widgets.c */

/**
 * sag_ui_keymap_install: keys act in @window and on the actions that its focused widget or @window
 * finds. Whatever has the focus comes first, and keys that would write something never act while
 * text is being edited.
 */
void sag_ui_keymap_install (SagUiKeymap *self, GtkWidget *window);

/** sag_ui_keymap_set_tooltip: @text and the key of @action behind it, kept up to date. */
void sag_ui_keymap_set_tooltip (GtkWidget *widget, const char *text, const char *action);

/** sag_ui_keymap_dup_menu: (transfer full): a copy of @menu that shows the keys of its actions. */
GMenuModel *sag_ui_keymap_dup_menu (SagUiKeymap *self, GMenuModel *menu);

G_END_DECLS
