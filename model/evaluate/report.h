/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/json-writer.h"
#include "model/evaluate/bootstrap.h"
#include "model/evaluate/cases.h"
#include "model/evaluate/metrics.h"
#include "model/evaluate/run.h"
#include "model/text/catalogue.h"

G_BEGIN_DECLS

/**
 * SagReportMaps: how maps of one task, or of tasks, find what they should. Shares are NaN without a denominator.
 * @n_present: scans with the structure in the analysed box; what follows up to @median_distance_mm is of these
 * @hit, @strict_hit: shares, as in SagLocalisation
 * @dice, @best_dice, @cell_dice: means
 * @n_sided, @right_side: those whose truth lies on one side, and the share of peaks on it
 * @n_absent, @false_alarms: scans without the structure, and the share of them where a cell is marked
 */
typedef struct
{
  gsize  n_present;
  double hit;
  double strict_hit;
  double dice;
  double best_dice;
  double cell_dice;
  double median_distance_mm;
  gsize  n_sided;
  double right_side;
  gsize  n_absent;
  double false_alarms;
} SagReportMaps;

/**
 * SagReportModel: a task's figures of one model.
 * @detects: the task's @detects, of a model that draws maps: its scores are a map's; else they are logits
 * @training: what the bundle says of the text on the head that answers it
 * @auroc: with DeLong's interval, which counts only where the cases are independent
 * @auroc_interval, @aupr_interval: of the bootstrap by patients; NaN where all draws agree, which few cases can make
 * @aupr: NaN like the AUROC where a kind of case is missing
 * @point: sensitivity and specificity where the score reaches the threshold
 * @maps: of a model that draws none all NaN, and of 0 scans
 */
typedef struct
{
  gboolean      detects;
  SagTraining   training;
  SagAuroc      auroc;
  double        aupr;
  SagInterval   auroc_interval;
  SagInterval   aupr_interval;
  SagPoint      point;
  SagReportMaps maps;
} SagReportModel;

/**
 * SagReportTask:
 * @text: the question; of several wordings the catalogue's
 * @sentences: (element-type utf8): all wordings
 * @n: rows with a truth
 * @n_patients: among them
 * @independent: no patient twice, so that DeLong's method holds
 * @detects: a map answers, by its highest score, of those models that draw maps
 * @n_masks, @n_outside: rows with a mask, if any model draws maps; those of them where all of the structure lies
 *   outside the analysed box
 * @median_ml: of the structure, inside the box; NaN without one
 * @lesion: the structure is a finding that the catalogue diagnoses, on whatever side; else it is an organ
 * @large: @median_ml is more than a cell of the first model that draws maps
 * @pair: second model against the first, by DeLong's method; p is NaN unless @independent
 * @auroc_difference, @aupr_difference: of the bootstrap by patients
 * @changed: (element-type guint): rows whose answer at the threshold differs between two models
 */
typedef struct
{
  const char      *text;
  const GPtrArray *sentences;
  SagTaskKind      kind;
  SagLaterality    laterality;
  gboolean         detects;
  gsize            n;
  gsize            n_positives;
  gsize            n_patients;
  gboolean         independent;
  gsize            n_masks;
  gsize            n_outside;
  double           median_ml;
  gboolean         lesion;
  gboolean         large;
  SagReportModel   models[SAG_EVALUATE_MOST_MODELS];
  SagAurocPair     pair;
  SagInterval      auroc_difference;
  SagInterval      aupr_difference;
  GArray          *changed;
} SagReportTask;

/**
 * SagReportGroup: means over tasks, each task counting once.
 * @name: "findings", ...
 * @about: what is in it
 * @n_class: tasks with both kinds of cases; of these are the AUROC and AUPR
 * @n_maps: tasks with something to find; of these are hits, overlap and sides
 */
typedef struct
{
  const char *name;
  const char *about;
  GArray     *tasks;
  gsize       n_class;
  gsize       n_maps;
  struct
  {
    double        auroc;
    double        aupr;
    SagInterval   auroc_interval;
    SagInterval   aupr_interval;
    SagReportMaps maps;
  } models[SAG_EVALUATE_MOST_MODELS];
  SagInterval auroc_difference;
  SagInterval aupr_difference;
} SagReportGroup;

/** SagReport: the figures of an evaluation. Immutable. */
typedef struct _SagReport SagReport;

/**
 * SagReportOptions:
 * @threshold: a probability, from which a case is called positive; 0 means 0.5
 * @n_rounds: of the bootstrap; 0 means 1000
 * @seed: of the bootstrap
 * @by_sentence: every sentence is a task; else sentences that ask the same thing are one, as sag_pools_new() has it
 */
typedef struct
{
  double   threshold;
  guint    n_rounds;
  guint64  seed;
  gboolean by_sentence;
} SagReportOptions;

/**
 * sag_report_new: keeps a reference to nothing: @evaluation and @bundles stay the caller's and must live as long.
 * @bundles: one for each model
 * Error: G_IO_ERROR_CANCELLED
 */
SagReport *sag_report_new (const SagEvaluation    *evaluation,
                           SagBundle *const       *bundles,
                           const SagReportOptions *options,
                           GCancellable           *cancellable,
                           GError                **error);
void       sag_report_free (SagReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagReport, sag_report_free)

/**
 * sag_report_dup_notes: (transfer full): sentences about the figures: @notes, and what follows from models that draw no
 * maps.
 * @notes: (nullable)
 */
char **sag_report_dup_notes (const SagReport *report, const char *const *notes);

const SagEvaluation    *sag_report_get_evaluation (const SagReport *report);
const SagReportOptions *sag_report_get_options (const SagReport *report);

gsize                sag_report_get_n_tasks (const SagReport *report);
const SagReportTask *sag_report_get_task (const SagReport *report, gsize task);
/** sag_report_collect: @cases: out: those behind a task's figures, for curves; clear them. */
void sag_report_collect (const SagReport *report, gsize task, SagCases *cases);
/** sag_report_find_task: of a row of the evaluation. */
gsize sag_report_find_task (const SagReport *report, gsize row);
/** sag_report_get_n_groups: only those that have a task. */
gsize                 sag_report_get_n_groups (const SagReport *report);
const SagReportGroup *sag_report_get_group (const SagReport *report, gsize group);

/** SAG_REPORT_FORMAT, SAG_REPORT_VERSION: 2 has places, and says which task a case belongs to. */
#define SAG_REPORT_FORMAT "sagitta-report"
#define SAG_REPORT_VERSION 2

/** sag_report_write: the members "tasks", "groups" and what they rest on, of a JSON object. No path, no patient. */
void sag_report_write (const SagReport *report, SagJsonWriter *writer);

/**
 * sag_report_write_cases: the member "cases": every row that was answered, with its line, its truth, its numbers and
 * where to look. No path, no patient.
 * @studies: the samples' study_id is the number of a case of a project, which is written, too
 */
void sag_report_write_cases (const SagReport *report, SagJsonWriter *writer, gboolean studies);

G_END_DECLS
