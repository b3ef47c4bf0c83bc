/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/random.h"
#include "model/phantom/solid.h"

G_BEGIN_DECLS

/** SagDraw: numbers drawn one after another. Each topic of a patient has its own, so that a change in one leaves the
 * others alone. */
typedef struct
{
  guint64 seed;
  guint64 counter;
} SagDraw;

static inline SagDraw
sag_draw (guint64 seed, guint64 topic)
{
  SagDraw draw = { sag_random_hash (seed, topic), 0 };

  return draw;
}

static inline double
sag_draw_uniform (SagDraw *draw, double low, double high)
{
  return sag_phantom_uniform (draw->seed, draw->counter++, low, high);
}

static inline guint
sag_draw_integer (SagDraw *draw, guint low, guint high)
{
  return low + (guint) (sag_random_hash (draw->seed, draw->counter++) % (high - low + 1));
}

/** Topics of sag_draw(). */
enum
{
  SAG_TOPIC_PATIENT = 1,
  SAG_TOPIC_NOISE,
  SAG_TOPIC_PALETTE,
  SAG_TOPIC_TORSO,
  SAG_TOPIC_ORGANS,
  SAG_TOPIC_HEART,
  SAG_TOPIC_TREES,
  SAG_TOPIC_WARP,
  SAG_TOPIC_COHORT,
  SAG_TOPIC_DEVICES,
  SAG_TOPIC_CALCIFICATION,
  SAG_TOPIC_NODULES,
  SAG_TOPIC_PLEURA,
  SAG_TOPIC_VISIT,
  SAG_TOPIC_LUNG_FINDINGS = 32, /* and those after it, one a finding */
};

/** SagPalette: HU of a patient's tissues. */
typedef struct
{
  float table;
  float foam;
  float skin;
  float fat;
  float muscle;
  float gland;
  float lung;
  float lung_slope_y;
  float air;
  float fluid;
  float consolidation;
  float soft;
  float myocardium;
  float arterial;
  float venous;
  float pulmonary;
  float liver;
  float spleen;
  float kidney;
  float node;
  float cartilage;
  float marrow;
  float cortex;
  float calcium;
  float metal;
} SagPalette;

/**
 * SagSubject: who lies in the scanner, and the solids of which they are made, in the order of painting.
 * @scale: of x, y, z; solids are given for a patient of scale 1
 * @low, @high: the field of view
 * @turn: how the patient lies: from the scanner's mm to the patient's
 * @bend: of the upper back: mm to anterior for each squared mm above SAG_BEND_Z
 * @warp_mm: how far shapes are bent at most
 * @dome_mm: how much higher than at full breath the diaphragm stands
 * @heart: its size, 1 being ordinary
 * @kernel, @slab: the share that a voxel takes from each neighbour, in the slice and across slices
 */
typedef struct
{
  GArray    *solids;
  guint64    seed;
  guint      findings;
  gboolean   female;
  gboolean   arms_up;
  gboolean   enhanced;
  double     scale[3];
  double     low[3];
  double     high[3];
  double     turn[3][3];
  double     bend;
  double     warp_mm;
  double     fat_mm;
  double     dome_mm;
  double     heart;
  double     heart_shift[3];
  float      noise_hu;
  double     kernel;
  double     slab;
  SagPalette hu;
} SagSubject;

SagSubject *sag_subject_new (const SagPhantomOptions *options);
void        sag_subject_free (SagSubject *subject);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagSubject, sag_subject_free)

/** sag_subject_add: appends @solid, given for a patient of scale 1, scaled to this one. */
void sag_subject_add (SagSubject *subject, const SagSolid *solid);

/** sag_subject_add_tube: capsules from point to point of a patient of scale 1; @radii: one a point. */
void sag_subject_add_tube (SagSubject     *subject,
                           const SagSolid *like,
                           const double (*points)[3],
                           const double *radii,
                           guint         n_points);

/** sag_solid_aim: turns an ellipsoid: its first axis along @direction, its third as near to up as can be. */
void sag_solid_aim (SagSolid *solid, const double direction[3]);

/* The steps of sag_subject_new(), in the order of painting. */
void sag_subject_add_torso (SagSubject *subject);
void sag_subject_add_rib_cage (SagSubject *subject);
void sag_subject_add_lungs (SagSubject *subject);
void sag_subject_add_abdomen (SagSubject *subject);
void sag_subject_add_mediastinum (SagSubject *subject);
void sag_subject_add_spine (SagSubject *subject);
void sag_subject_add_heart (SagSubject *subject);
void sag_subject_add_great_vessels (SagSubject *subject);
void sag_subject_add_airways (SagSubject *subject);

#define SAG_IS(l, o) .label = (l), .organ = (o)
#define SAG_IS_ORGAN(l) .label = (l), .organ = (l)
#define SAG_IS_IN(l) .label = (l), .organ = SAG_SOLID_KEEP
#define SAG_IS_TISSUE .label = SAG_SOLID_KEEP, .organ = SAG_SOLID_KEEP
#define SAG_IS_BODY SAG_IS_ORGAN (SAG_PHANTOM_BODY)

/* The pleural cavities of a patient of scale 1, both sides in one: lungs and ribs follow it. */
#define SAG_PLEURA_CENTRE                                                                          \
  {                                                                                                \
    0, 0, -80                                                                                      \
  }
#define SAG_PLEURA_RADIUS                                                                          \
  {                                                                                                \
    150, 105, 180                                                                                  \
  }
#define SAG_PLEURA_SQUARE 0.3
#define SAG_BEND_Z (-20)
/* The patient lies a little bent: mm to anterior for each mm to superior. */
#define SAG_BACK_SHEAR (-0.08)

G_END_DECLS
