/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the files of the window share: window.c puts it together, window-actions.c is what a person
 * can do, open.c how scans come in. */

#include "model/dicom/dicom.h"
#include "ui/ask/ask-pane.h"
#include "ui/case/case-list.h"
#include "ui/engine/strip.h"
#include "ui/mask/mask-pane.h"
#include "ui/measure/measure-pane.h"
#include "ui/project/labels-pane.h"
#include "ui/project/project.h"
#include "ui/view/views.h"
#include "ui/window/banner.h"
#include "ui/window/reading.h"
#include "ui/window/searching.h"
#include "ui/window/welcome.h"
#include "ui/window/window.h"

struct _SagUiWindow
{
  AdwApplicationWindow parent;

  SagUiSession     *session;
  GCancellable     *cancellable; /* of everything that is under way for this window */
  AdwHeaderBar     *header;
  AdwWindowTitle   *title;
  GtkWidget        *cases_button;
  AdwSplitButton   *open_button;
  GtkMenuButton    *menu_button;
  GtkWidget        *tools_button;
  SagUiBanner      *trouble;
  SagUiBanner      *oddities;
  SagUiBanner      *project_note;
  AdwToastOverlay  *toasts;
  AdwToast         *undo_toast;  /* the one that offers Undo */
  AdwToast         *prior_toast; /* the one that offers another study */
  GtkOverlay       *drop_area;
  GtkRevealer      *drop_hint;
  GtkStack         *stack;
  SagUiWelcome     *welcome;
  AdwFlap          *cases_flap;
  AdwFlap          *tools_flap;
  GtkStack         *tools;
  SagUiCaseList    *case_list;
  SagUiViews       *views;
  SagUiReading     *reading;
  SagUiSearching   *searching;
  SagUiAskPane     *ask_pane;
  SagUiLabelsPane  *labels_pane;
  SagUiMaskPane    *mask_pane;
  SagUiMeasurePane *measure_pane;
  SagUiStrip       *strip;
};

/** sag_ui_window_warn: a sentence that stays until it is put away: something failed. */
void sag_ui_window_warn (SagUiWindow *self, const char *sentence);

/** sag_ui_window_add_actions: the win. actions and their menus; after the session is there. */
void sag_ui_window_add_actions (SagUiWindow *self);

/** sag_ui_window_add_drop: files and folders can be dropped anywhere on the window. */
void sag_ui_window_add_drop (SagUiWindow *self);

/** sag_ui_window_choose: the file chooser; @folder: for folders. */
void sag_ui_window_choose (SagUiWindow *self, gboolean folder);

/**
 * sag_ui_window_offer_prior: where another study of the same patient is among the cases or in @index, offers to lay it
 * beside @one, which is being shown.
 */
void
sag_ui_window_offer_prior (SagUiWindow *self, SagUiCase *one, SagDicomIndex *index, GFile *place);
/** sag_ui_window_show_prior: what was offered last, side by side. */
void sag_ui_window_show_prior (SagUiWindow *self);

/** sag_ui_window_open_demo: makes the demo case if needed, then opens it. */
void sag_ui_window_open_demo (SagUiWindow *self);
