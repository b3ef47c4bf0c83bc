/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* choose.c knows and counts; choose-form.c is what one sees. */

#include "ui/tune/choose.h"

struct _SagUiTuneChoose
{
  AdwBin parent;

  SagUiSession *session;
  SagUiProject *project;
  GtkWidget    *stack;
  GtkWidget    *summary;
  GtkWidget    *tasks;
  GtkWidget    *notes;
  GtkWidget    *state;
  GtkWidget    *assisted;
  GtkWidget    *training; /* the advice is its description */
  GtkWidget    *parts;
  GtkWidget    *measure;
  GtkWidget    *threads;
  GtkWidget    *model;
  GtkWidget    *name;
  GtkWidget    *problem_icon;
  GtkWidget    *problem_label;
  GtkWidget    *time;
  GtkWidget    *start;

  SagUiTuneCounts *counts;
  GCancellable    *counting;
  GCancellable    *estimating;
  guint            count_timer;
  guint            estimate_timer;
  char            *obstacle;
  char            *problem;
  double           seconds;
  gboolean         is_counting;
  gboolean         was_ready;  /* as far as was told */
  gboolean         is_filling; /* the combo boxes, by us */
  gboolean         parts_said; /* by the person */
};

#define SAG_UI_TUNE_N_PARTS 4
#define SAG_UI_TUNE_N_MEASURES 7

/** SagUiTuneMeasure: how is measured: by a share that is held out, or by folds. */
typedef struct
{
  double share;
  guint  n_folds;
} SagUiTuneMeasure;

/* In the order of the lists on the page. */
extern const SagTrainParts    sag_ui_tune_parts[SAG_UI_TUNE_N_PARTS];
extern const SagUiTuneMeasure sag_ui_tune_measures[SAG_UI_TUNE_N_MEASURES];

/** sag_ui_tune_choose_count_soon: something else was chosen. */
void sag_ui_tune_choose_count_soon (SagUiTuneChoose *self);
/** sag_ui_tune_choose_estimate_soon: the same, but the cases are the same. */
void sag_ui_tune_choose_estimate_soon (SagUiTuneChoose *self);
/** sag_ui_tune_choose_parts_chosen: by the person. */
void sag_ui_tune_choose_parts_chosen (SagUiTuneChoose *self);

/** sag_ui_tune_choose_build: fills the page. */
void sag_ui_tune_choose_build (SagUiTuneChoose *self);
