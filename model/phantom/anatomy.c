/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/anatomy.h"

#include "model/phantom/random.h"

/* A chest as tables. Millimetres, RAS (+x is the patient's right), the carina near (0, -15, 0).
 *
 * Most parts may cover only lung: what is listed first wins there, and nothing leaves the rib cage.
 */

static const struct
{
  float hu;
  float hu_spread; /* from seed to seed, to both sides */
  float enhanced_hu;
  float noise_hu;
} tissues[SAG_N_TISSUES] = {
  [SAG_TISSUE_AIR] = { -1000, 0, -1000, 10 },
  [SAG_TISSUE_LUNG] = { -850, 25, -850, 35 },
  [SAG_TISSUE_GAS] = { -980, 10, -980, 15 },
  [SAG_TISSUE_FOAM] = { -940, 10, -940, 10 },
  [SAG_TISSUE_TABLE] = { -60, 40, -60, 12 },
  [SAG_TISSUE_FAT] = { -100, 8, -100, 15 },
  [SAG_TISSUE_SKIN] = { 20, 10, 20, 15 },
  [SAG_TISSUE_FLUID] = { 10, 6, 10, 15 },
  [SAG_TISSUE_CONSOLIDATION] = { 30, 8, 60, 20 },
  [SAG_TISSUE_SOFT] = { 15, 10, 25, 18 },
  [SAG_TISSUE_MUSCLE] = { 50, 5, 60, 15 },
  [SAG_TISSUE_BLOOD] = { 42, 4, 190, 15 },
  [SAG_TISSUE_LIVER] = { 58, 8, 105, 15 },
  [SAG_TISSUE_CARTILAGE] = { 95, 10, 95, 15 },
  [SAG_TISSUE_CANCELLOUS_BONE] = { 240, 40, 240, 25 },
  [SAG_TISSUE_CORTICAL_BONE] = { 650, 60, 650, 25 },
};

/* Parts of one group move and grow together from seed to seed, at most by this. */
typedef enum
{
  FIXED,
  RIGHT_DOME,
  LEFT_DOME,
  HEART,
  N_GROUPS,
} Group;

static const struct
{
  double sway_mm[3];
  double grow;
} groups[N_GROUPS] = {
  [RIGHT_DOME] = { { 0, 0, 9 }, 0 },
  [LEFT_DOME] = { { 0, 0, 9 }, 0 },
  [HEART] = { { 5, 4, 5 }, 0.08 },
};

typedef struct
{
  Group   group;
  SagPart part;
} Organ;

#define BOX(x, y, z, rx, ry, rz) .centre = { x, y, z }, .radius = { rx, ry, rz }, .square = 1
#define ELLIPSOID(x, y, z, rx, ry, rz) .centre = { x, y, z }, .radius = { rx, ry, rz }
#define CAPSULE(x0, y0, z0, r0, x1, y1, z1, r1)                                                    \
  .kind = SAG_SHAPE_CAPSULE, .centre = { x0, y0, z0 }, .end = { x1, y1, z1 }, .radius = { r0, r1 }
#define CAVITY                                                                                     \
  .centre = SAG_CAVITY_CENTRE, .radius = SAG_CAVITY_RADIUS, .square = SAG_CAVITY_SQUARE,           \
  .shear_y = SAG_POSTURE_SHEAR
#define IS(t, l) .tissue = SAG_TISSUE_##t, .label = SAG_PHANTOM_##l
#define OBLIQUE_FISSURE                                                                            \
  {                                                                                                \
    0, 155, 180, -7525                                                                             \
  }
#define HORIZONTAL_FISSURE                                                                         \
  {                                                                                                \
    0, 0, 1, -30                                                                                   \
  }

static const SagPart tabletop[] = {
  { IS (TABLE, BACKGROUND), BOX (0, -149, 0, 215, 6, 0) },
  { IS (FOAM, BACKGROUND), BOX (0, -149, 0, 211, 3, 0) },
  { IS (FOAM, BACKGROUND), BOX (0, -137, 0, 180, 6, 0) },
};

/* The outer shape, thrice: skin, the fat under it, the muscle under that. */
static const SagPart body[] = {
  { IS (SKIN, BODY), ELLIPSOID (0, 0, 0, 185, 128, 0), .square = 0.5,
    .planes = { { 0, 0, 1, 60 } } },
  { IS (SKIN, BODY), ELLIPSOID (0, 0, 60, 185, 128, 80), .square = 0.5,
    .planes = { { 0, 0, -1, -60 } } },
  { IS (SKIN, BODY), ELLIPSOID (0, -18, 0, 62, 66, 0), .planes = { { 0, 0, -1, -60 } } },
};

static const SagPart lungs[] = {
  { IS (LUNG, LUNG_UPPER_LOBE_LEFT), CAVITY, .planes = { { 1, 0, 0, 0 } } },
  { IS (LUNG, LUNG_LOWER_LOBE_LEFT), CAVITY, .planes = { { 1, 0, 0, 0 }, OBLIQUE_FISSURE } },
  { IS (LUNG, LUNG_UPPER_LOBE_RIGHT), CAVITY, .planes = { { -1, 0, 0, 0 } } },
  { IS (LUNG, LUNG_MIDDLE_LOBE_RIGHT), CAVITY, .planes = { { -1, 0, 0, 0 }, HORIZONTAL_FISSURE } },
  { IS (LUNG, LUNG_LOWER_LOBE_RIGHT), CAVITY, .planes = { { -1, 0, 0, 0 }, OBLIQUE_FISSURE } },
};

static const Organ organs[] = {
  /* under the diaphragm, then the diaphragm */
  { RIGHT_DOME,
    { IS (LIVER, LIVER), ELLIPSOID (72, 20, -192, 84, 104, 92), .over = { SAG_LOBES_RIGHT } } },
  { RIGHT_DOME,
    { IS (MUSCLE, BODY), ELLIPSOID (72, 20, -190, 88, 108, 95), .over = { SAG_LOBES_RIGHT } } },
  { LEFT_DOME,
    { IS (GAS, BODY), ELLIPSOID (-66, 45, -142, 32, 26, 21), .over = { SAG_LOBES_LEFT } } },
  { LEFT_DOME,
    { IS (MUSCLE, BODY), ELLIPSOID (-66, 40, -150, 38, 34, 34), .over = { SAG_LOBES_LEFT } } },
  { LEFT_DOME,
    { IS (MUSCLE, BODY), ELLIPSOID (-92, -35, -168, 34, 46, 45), .over = { SAG_LOBES_LEFT } } },
  { LEFT_DOME,
    { IS (FAT, BODY), ELLIPSOID (-72, 20, -199, 82, 102, 91), .over = { SAG_LOBES_LEFT } } },
  { LEFT_DOME,
    { IS (MUSCLE, BODY), ELLIPSOID (-72, 20, -197, 86, 106, 94), .over = { SAG_LOBES_LEFT } } },
  /* its crura, and what lies between the lungs */
  { FIXED,
    { IS (MUSCLE, BODY), ELLIPSOID (0, 0, -205, 72, 130, 75),
      .over = { SAG_LOBES_LEFT, SAG_LOBES_RIGHT } } },
  { FIXED,
    { IS (SOFT, BODY), ELLIPSOID (0, 0, 0, 30, 116, 0),
      .over = { SAG_LOBES_LEFT, SAG_LOBES_RIGHT } } },
};

/* The heart and the vessels cover the mediastinum too. */
static const Organ vessels[] = {
  { HEART, { IS (BLOOD, HEART), ELLIPSOID (-32, 24, -66, 58, 47, 55) } },
  { FIXED, { IS (BLOOD, AORTA), CAPSULE (4, 28, -32, 15, 8, 20, 6, 15) } },
  { FIXED, { IS (BLOOD, AORTA), CAPSULE (8, 20, 6, 15, -6, -8, 20, 14) } },
  { FIXED, { IS (BLOOD, AORTA), CAPSULE (-6, -8, 20, 14, -30, -46, 6, 13) } },
  { FIXED, { IS (BLOOD, AORTA), CAPSULE (-30, -46, 6, 13, -20, -40, -260, 11) } },
  { FIXED, { IS (BLOOD, BODY), CAPSULE (24, 8, 70, 9, 24, 14, -35, 10) } },
  { FIXED, { IS (BLOOD, BODY), CAPSULE (-8, 14, -18, 13, 34, -8, -26, 11) } },
  { FIXED, { IS (BLOOD, BODY), CAPSULE (-8, 14, -18, 13, -44, -14, -16, 11) } },
  { FIXED, { IS (BLOOD, BODY), CAPSULE (34, -8, -26, 11, 56, -14, -48, 6) } },
  { FIXED, { IS (BLOOD, BODY), CAPSULE (-44, -14, -16, 11, -60, -18, -44, 6) } },
  { FIXED, { IS (SOFT, BODY), CAPSULE (0, -20, 140, 11, 0, -15, 0, 11) } },
  { FIXED, { IS (SOFT, BODY), CAPSULE (0, -15, 0, 10, 40, -20, -30, 8) } },
  { FIXED, { IS (SOFT, BODY), CAPSULE (0, -15, 0, 10, -46, -24, -30, 8) } },
  { FIXED, { IS (AIR, TRACHEA), CAPSULE (0, -20, 400, 9, 0, -15, 0, 9) } },
  { FIXED, { IS (AIR, TRACHEA), CAPSULE (0, -15, 0, 7, 40, -20, -30, 6) } },
  { FIXED, { IS (AIR, TRACHEA), CAPSULE (0, -15, 0, 7, -46, -24, -30, 6) } },
};

void
sag_builder_add (SagBuilder *builder, const SagPart *part)
{
  SagPart       scaled = *part;
  const double *scale = builder->scale;

  for (guint a = 0; a < 3; a++)
    {
      scaled.centre[a] *= scale[a];
      scaled.end[a] *= scale[a];
      scaled.radius[a] *= part->kind == SAG_SHAPE_CAPSULE ? (scale[0] + scale[1]) / 2 : scale[a];
      for (guint p = 0; p < SAG_PART_MAX_PLANES; p++)
        scaled.planes[p][a] /= scale[a];
    }
  scaled.shear_y *= scale[1] / scale[2];
  g_array_append_val (builder->anatomy->parts, scaled);
}

static void
add_parts (SagBuilder *builder, const SagPart *parts, guint n_parts)
{
  for (guint p = 0; p < n_parts; p++)
    sag_builder_add (builder, &parts[p]);
}

static void
add_organs (SagBuilder *builder, const Organ *list, guint n_organs)
{
  for (guint o = 0; o < n_organs; o++)
    {
      SagPart part = list[o].part;
      guint64 counter = 100 + 4 * list[o].group;
      double  grow = groups[list[o].group].grow;

      grow = sag_phantom_uniform (builder->seed, counter + 3, 1 - grow, 1 + grow);
      for (guint a = 0; a < 3; a++)
        {
          double sway = groups[list[o].group].sway_mm[a];

          sway = sag_phantom_uniform (builder->seed, counter + a, -sway, sway);
          part.centre[a] += sway;
          part.end[a] += sway;
          part.radius[a] *= grow;
        }
      sag_builder_add (builder, &part);
    }
}

static void
add_body (SagBuilder *builder)
{
  const struct
  {
    SagTissue tissue;
    double    depth_mm;
  } layers[] = {
    { SAG_TISSUE_SKIN, 0 },
    { SAG_TISSUE_FAT, 2.5 },
    { SAG_TISSUE_MUSCLE, sag_phantom_uniform (builder->seed, 10, 6, 18) },
  };

  for (guint l = 0; l < G_N_ELEMENTS (layers); l++)
    for (guint b = 0; b < G_N_ELEMENTS (body); b++)
      {
        SagPart part = body[b];

        part.tissue = layers[l].tissue;
        for (guint a = 0; a < 3; a++)
          if (part.radius[a] > 0)
            part.radius[a] -= layers[l].depth_mm;
        sag_builder_add (builder, &part);
      }
}

/* Vessels inside the lungs: part of the lobe, as TotalSegmentator draws it. */
static void
add_lung_vessels (SagBuilder *builder)
{
  for (guint v = 0; v < 40; v++)
    {
      double  side = v % 2 ? 1 : -1;
      guint64 counter = 1000 + 4 * v;
      SagPart part = {
        .tissue = SAG_TISSUE_BLOOD,
        .label = SAG_PART_KEEP_LABEL,
        .over = { SAG_LOBES_LEFT, SAG_LOBES_RIGHT },
        CAPSULE (side * 52, -15, -44, 3.5, 0, 0, 0, 0.8),
      };

      part.end[0] = side * sag_phantom_uniform (builder->seed, counter, 40, 140);
      part.end[1] = sag_phantom_uniform (builder->seed, counter + 1, -85, 80);
      part.end[2] = sag_phantom_uniform (builder->seed, counter + 2, -130, 75);
      sag_builder_add (builder, &part);
    }
}

static void
mix_tissues (SagAnatomy *anatomy, guint64 seed, gboolean enhanced)
{
  for (guint t = 0; t < SAG_N_TISSUES; t++)
    {
      double spread = tissues[t].hu_spread;

      anatomy->hu[t] = enhanced ? tissues[t].enhanced_hu : tissues[t].hu;
      anatomy->hu[t] += (float) sag_phantom_uniform (seed, 50 + t, -spread, spread);
      anatomy->noise_hu[t] = tissues[t].noise_hu;
    }
}

SagAnatomy *
sag_anatomy_new (const SagPhantomOptions *options)
{
  SagAnatomy  *anatomy = g_new0 (SagAnatomy, 1);
  SagBuilder   builder = { anatomy, sag_random_hash (options->seed, 1), options->findings };
  const double low[3] = { -200, -160, -190 }, high[3] = { 200, 145, 140 };

  anatomy->parts = g_array_new (FALSE, FALSE, sizeof (SagPart));
  for (guint a = 0; a < 3; a++)
    {
      builder.scale[a] = sag_phantom_uniform (builder.seed, a, 0.95, 1.05);
      anatomy->low[a] = low[a] * builder.scale[a];
      anatomy->high[a] = high[a] * builder.scale[a];
    }
  mix_tissues (anatomy, builder.seed, options->enhanced);
  add_parts (&builder, tabletop, G_N_ELEMENTS (tabletop));
  add_body (&builder);
  sag_builder_add_rib_cage (&builder);
  add_parts (&builder, lungs, G_N_ELEMENTS (lungs));
  add_organs (&builder, organs, G_N_ELEMENTS (organs));
  sag_builder_add_spine (&builder);
  add_lung_vessels (&builder);
  add_organs (&builder, vessels, G_N_ELEMENTS (vessels));
  sag_builder_add_findings (&builder);
  return anatomy;
}

void
sag_anatomy_free (SagAnatomy *anatomy)
{
  if (anatomy == NULL)
    return;
  g_array_unref (anatomy->parts);
  g_free (anatomy);
}
