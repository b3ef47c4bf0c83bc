/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/scope.h"

#include "model/prepare/scope-look.h"
#include "model/volume/origin.h"
#include "model/volume/sanity.h"

#include <math.h>

#define MIN_LUNGS_ML 400
#define MIN_TIPS_ML 700
#define MIN_LENGTH_MM 60
#define SHORT_LENGTH_MM 150
#define MAX_SLICE_MM 5.05
#define CUT_MM2 2000
#define MIN_SHARE 0.95
#define CHILD_WIDTH_MM 200
#define CHILD_ML 1800
#define ADULT_YEARS 18
#define NOT_A_CHEST "This does not look like an adult chest CT: "

typedef struct
{
  SagScope  *scope;
  GPtrArray *reasons;
} Judge;

static void G_GNUC_PRINTF (3, 4)
  add (Judge *judge, SagScopeVerdict verdict, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (judge->reasons, g_strdup_vprintf (format, args));
  va_end (args);
  judge->scope->verdict = MAX (judge->scope->verdict, verdict);
}

static void
judge_no_lungs (Judge *judge, SagVolume *volume, double mask_share)
{
  g_autoptr (SagIntensity) intensity = sag_volume_check_intensity (volume);

  if (intensity->kind == SAG_INTENSITY_HU && !isnan (mask_share))
    {
      add (judge, SAG_SCOPE_DOUBTFUL, "The lungs that the mask marks hold no air.");
      return;
    }
  add (judge, SAG_SCOPE_OUT, NOT_A_CHEST "no lungs were found.");
  if (intensity->kind != SAG_INTENSITY_HU)
    add (judge, SAG_SCOPE_OUT, "%s", intensity->sentences[0]);
}

/* Lungs that the scan cuts off. */
static void
judge_cuts (Judge *judge, const SagLungLook *look, double total_ml)
{
  gboolean below = look->cut_mm2[2][0] > CUT_MM2, above = look->cut_mm2[2][1] > CUT_MM2;
  double   aside_mm2 =
    look->cut_mm2[0][0] + look->cut_mm2[0][1] + look->cut_mm2[1][0] + look->cut_mm2[1][1];

  if (total_ml < MIN_TIPS_ML && above && !below)
    add (judge, SAG_SCOPE_OUT, NOT_A_CHEST "only the bases of the lungs are in the scan.");
  else if (total_ml < MIN_TIPS_ML && below && !above)
    add (judge, SAG_SCOPE_OUT, NOT_A_CHEST "only the tips of the lungs are in the scan.");
  else if (total_ml < MIN_LUNGS_ML)
    add (judge, SAG_SCOPE_OUT, NOT_A_CHEST "no more than %.0f ml of lung were found.", total_ml);
  else if (above || below)
    add (judge, SAG_SCOPE_DOUBTFUL, "The scan cuts the lungs off %s: a part of them is missing.",
         above && below ? "above and below"
         : above        ? "above"
                        : "below");
  if (aside_mm2 > CUT_MM2)
    add (judge, SAG_SCOPE_DOUBTFUL,
         "The scan cuts the lungs off at its sides: a part of them is missing.");
}

static void
judge_lungs (Judge *judge, const SagLungLook *look)
{
  SagScope *scope = judge->scope;
  double    total_ml = scope->left_lung_ml + scope->right_lung_ml;

  judge_cuts (judge, look, total_ml);
  if (look->n_cells[SAG_LUNG_LEFT] == 0 || look->n_cells[SAG_LUNG_RIGHT] == 0)
    add (judge, SAG_SCOPE_DOUBTFUL, "Only the %s lung holds air.",
         look->n_cells[SAG_LUNG_LEFT] ? "left" : "right");
  /* Lungs that are whole tell how large the patient is. */
  if (scope->verdict == SAG_SCOPE_IN && look->width_mm < CHILD_WIDTH_MM && total_ml < CHILD_ML)
    add (judge, SAG_SCOPE_DOUBTFUL,
         "The lungs are only %.0f mm wide, as in a child: the model is made for adults.",
         look->width_mm);
}

static void
judge_box (Judge *judge)
{
  double share = judge->scope->lung_share_in_box;

  if (share == 0)
    add (judge, SAG_SCOPE_OUT, "No part of the lungs lies inside the analysed box.");
  else if (share < MIN_SHARE)
    add (judge, SAG_SCOPE_DOUBTFUL, "Only %.0f %% of the lungs lie inside the analysed box.",
         floor (share * 100));
}

static void
judge_grid (Judge *judge, SagVolume *volume)
{
  double    spacing[3], length_mm;
  SagVoxels ras;

  sag_volume_view_ras (volume, &ras);
  sag_geometry_spacing_mm (&ras.geometry, spacing);
  length_mm = spacing[2] * ras.geometry.dims[2];
  judge->scope->slice_thickness_mm = MAX (MAX (spacing[0], spacing[1]), spacing[2]);
  if (length_mm < SHORT_LENGTH_MM)
    add (judge, length_mm < MIN_LENGTH_MM ? SAG_SCOPE_OUT : SAG_SCOPE_DOUBTFUL,
         "The scan covers only %.0f mm of the body from top to bottom.", length_mm);
  if (judge->scope->slice_thickness_mm > MAX_SLICE_MM)
    add (judge, SAG_SCOPE_DOUBTFUL,
         "Slices lie %.0f mm apart: what is small can fall between them.",
         judge->scope->slice_thickness_mm);
}

/* What the DICOM header knows, and pixels only guess. */
static void
judge_origin (Judge *judge, const SagOrigin *origin)
{
  SagScope *scope = judge->scope;

  if (*origin->contrast != '\0')
    scope->contrast = SAG_CONTRAST_ENHANCED;
  if (origin->age_years < ADULT_YEARS)
    add (judge, SAG_SCOPE_DOUBTFUL,
         "The header says that the patient is %.0f years old: the model is made for adults.",
         floor (origin->age_years));
  if (!(origin->slice_thickness_mm > scope->slice_thickness_mm))
    return;
  scope->slice_thickness_mm = origin->slice_thickness_mm;
  if (scope->slice_thickness_mm > MAX_SLICE_MM)
    add (judge, SAG_SCOPE_DOUBTFUL, "Slices are %.0f mm thick: what is small is blurred.",
         scope->slice_thickness_mm);
}

void
sag_scope_init (SagScope          *scope,
                SagVolume         *volume,
                const SagLungs    *lungs,
                const SagGeometry *box,
                double             mask_share)
{
  g_autoptr (GPtrArray) reasons = g_ptr_array_new ();
  Judge judge = { scope, reasons };

  g_return_if_fail (scope != NULL && volume != NULL && lungs != NULL);

  *scope = (SagScope){
    .lungs_found = lungs->mask != NULL,
    .left_lung_ml = lungs->left_ml,
    .right_lung_ml = lungs->right_ml,
    .lung_share_in_box = mask_share,
  };
  if (lungs->mask == NULL)
    judge_no_lungs (&judge, volume, mask_share);
  else
    {
      SagLungLook look;

      sag_lung_look (&look, lungs->mask, box);
      if (isnan (mask_share))
        scope->lung_share_in_box = look.share_in_box;
      scope->contrast = sag_contrast_guess (volume, lungs->mask);
      judge_lungs (&judge, &look);
    }
  judge_box (&judge);
  judge_grid (&judge, volume);
  if (sag_volume_get_origin (volume) != NULL)
    judge_origin (&judge, sag_volume_get_origin (volume));
  if (lungs->range_is_wider && scope->verdict != SAG_SCOPE_OUT)
    add (&judge, SAG_SCOPE_IN,
         "The chest seems to reach lower than the air in the lungs, as with an effusion or a "
         "collapsed lobe: all of it is kept.");
  g_ptr_array_add (reasons, NULL);
  scope->reasons = (char **) g_ptr_array_free (g_steal_pointer (&reasons), FALSE);
}

void
sag_scope_clear (SagScope *scope)
{
  g_clear_pointer (&scope->reasons, g_strfreev);
}

const char *
sag_scope_verdict_to_string (SagScopeVerdict verdict)
{
  static const char *const names[] = { "in", "doubtful", "out" };

  g_return_val_if_fail (verdict < G_N_ELEMENTS (names), NULL);
  return names[verdict];
}

const char *
sag_contrast_to_string (SagContrast contrast)
{
  static const char *const names[] = { "unknown", "none", "enhanced" };

  g_return_val_if_fail (contrast < G_N_ELEMENTS (names), NULL);
  return names[contrast];
}
