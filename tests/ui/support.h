/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What tests of widgets share. Each test program runs under tests/support/with-display. */

#include "model/store/store.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * sag_test_ui_init: g_test_init() and a display; without one the program skips. Animations are off.
 */
void sag_test_ui_init (int *argc, char ***argv);

/** sag_test_ui_style: the program's own style and icons, which an application would load by itself. */
void sag_test_ui_style (void);

/**
 * sag_test_ui_until: runs the main loop until @condition, a C expression, holds; a limit of ten
 * minutes is for hangs only.
 */
#define sag_test_ui_until(condition)                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 sag_end_us = g_get_monotonic_time () + 600 * G_USEC_PER_SEC;                            \
                                                                                                   \
    while (!(condition))                                                                           \
      if (!sag_test_ui_turn (sag_end_us))                                                          \
        g_error ("%s:%d: waited ten minutes in vain for: %s", __FILE__, __LINE__, #condition);     \
  }                                                                                                \
  G_STMT_END

/** sag_test_ui_turn: one round of the main loop, of at most 20 ms; FALSE if it is later than @end_us. */
gboolean sag_test_ui_turn (gint64 end_us);

/** sag_test_ui_settle: runs the main loop until nothing is to be done, frames of mapped windows included. */
void sag_test_ui_settle (void);

/**
 * sag_test_ui_show: (transfer full): a window of the size with @child in it, mapped, laid out and
 * drawn once. Destroy it with gtk_window_destroy().
 */
GtkWindow *sag_test_ui_show (GtkWidget *child, int width, int height);

/**
 * sag_test_ui_picture: (transfer full): what @widget looks like now, in device pixels; also kept as
 * `NAME.png` in the folder $SAGITTA_PICTURES if there is one. Whatever can be used on it must have a
 * name for those who do not see it: see sag_test_ui_find_nameless().
 */
cairo_surface_t *sag_test_ui_picture (GtkWidget *widget, const char *name);

/**
 * sag_test_ui_find_nameless: (nullable) (transfer none): a button, switch, slider, list or entry at or
 * below @root that is shown and says nothing of itself: no name, no label, no tooltip, no words on it.
 */
GtkWidget *sag_test_ui_find_nameless (GtkWidget *root);

/** sag_test_ui_pixel: 0xRRGGBB of a device pixel. */
guint32 sag_test_ui_pixel (cairo_surface_t *surface, int x, int y);

/**
 * sag_test_ui_find: (nullable) (transfer none): the first widget of @type at or below @root for
 * which @is says TRUE.
 */
GtkWidget *sag_test_ui_find (GtkWidget *root,
                             GType      type,
                             gboolean (*is) (GtkWidget *, gconstpointer),
                             gconstpointer data);

/** sag_test_ui_find_type: (nullable) (transfer none): the first widget of @type at or below @root. */
GtkWidget *sag_test_ui_find_type (GtkWidget *root, GType type);

/** sag_test_ui_find_window: (nullable) (transfer none): the first one of @type that is mapped. */
GtkWindow *sag_test_ui_find_window (GType type);

/** sag_test_ui_hide_choosers: from now on dialogs that ask for a file are not shown. */
void sag_test_ui_hide_choosers (void);
/** sag_test_ui_is_choosing: the person is asked for a file. */
gboolean sag_test_ui_is_choosing (void);
/** sag_test_ui_choose_file: the answer is @file. */
void sag_test_ui_choose_file (GFile *file);

/** sag_test_ui_occupy, sag_test_ui_release: what @store is given between them waits. */
void sag_test_ui_occupy (SagStore *store);
void sag_test_ui_release (void);

G_END_DECLS
