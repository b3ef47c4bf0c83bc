/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/augment.h"

#include "model/core/random.h"

#include <math.h>
#include <string.h>

#define MOST_DEGREES 15.0
#define MOST_ZOOM 0.1
#define NOISE 0.01f
#define SHIFT 0.01

/* What the numbers of a sample are used for. */
enum
{
  DRAW_ROTATE,
  DRAW_ANGLE,
  DRAW_ZOOM = DRAW_ANGLE + 3,
  DRAW_FACTOR,
  DRAW_NOISE,
  DRAW_NOISE_SEED,
  DRAW_SHIFT,
  DRAW_OFFSET,
};

static double
uniform (guint64 seed, guint64 counter, double low, double high)
{
  return low + (high - low) * (double) (sag_random_hash (seed, counter) >> 11) * 0x1p-53;
}

static void
multiply (const double a[3][3], const double b[3][3], double out[3][3])
{
  double product[3][3];

  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 3; c++)
      product[r][c] = a[r][0] * b[0][c] + a[r][1] * b[1][c] + a[r][2] * b[2][c];
  memcpy (out, product, sizeof product);
}

static void
rotate (double matrix[3][3], int axis, double radians)
{
  int    u = (axis + 1) % 3, v = (axis + 2) % 3;
  double turn[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };

  turn[u][u] = turn[v][v] = cos (radians);
  turn[u][v] = -sin (radians);
  turn[v][u] = sin (radians);
  multiply (turn, matrix, matrix);
}

void
sag_augmentation_draw (SagAugmentation *augmentation, guint64 seed, guint64 place)
{
  static const double none[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
  guint64             own = sag_random_hash (seed ^ 0x415547, place);
  double              most = MOST_DEGREES * G_PI / 180;

  *augmentation = (SagAugmentation){ 0 };
  memcpy (augmentation->to_source, none, sizeof none);
  if (uniform (own, DRAW_ROTATE, 0, 1) < 0.5)
    {
      augmentation->moves = TRUE;
      for (int a = 0; a < 3; a++)
        rotate (augmentation->to_source, a, uniform (own, DRAW_ANGLE + a, -most, most));
    }
  if (uniform (own, DRAW_ZOOM, 0, 1) < 0.5)
    {
      double zoom = uniform (own, DRAW_FACTOR, 1 - MOST_ZOOM, 1 + MOST_ZOOM);

      augmentation->moves = TRUE;
      for (int i = 0; i < 9; i++)
        augmentation->to_source[i / 3][i % 3] /= zoom;
    }
  if (uniform (own, DRAW_NOISE, 0, 1) < 0.5)
    augmentation->noise = NOISE;
  augmentation->noise_seed = sag_random_hash (own, DRAW_NOISE_SEED);
  if (uniform (own, DRAW_SHIFT, 0, 1) < 0.5)
    augmentation->shift = (float) uniform (own, DRAW_OFFSET, -SHIFT, SHIFT);
}

/* From indices of the result to indices of the source, both with @fine steps a voxel: @step per axis, and @origin. */
static void
plan (const SagSampleGrid   *grid,
      const SagAugmentation *augmentation,
      gint32                 fine,
      double                 step[3][3],
      double                 origin[3])
{
  double mm[3];

  for (int a = 0; a < 3; a++)
    mm[a] = (double) grid->recipe.box_mm[a] / grid->input[a];
  for (int r = 0; r < 3; r++)
    {
      origin[r] = (grid->source[r] * fine - 1) / 2.0;
      for (int c = 0; c < 3; c++)
        {
          step[r][c] = augmentation->to_source[r][c] * mm[c] / mm[r];
          origin[r] -= step[r][c] * (grid->input[c] * fine - 1) / 2.0;
        }
    }
}

/* Eight neighbours, the border going on. */
static inline float
sample (const gint16 *source, const gint32 dims[3], const float point[3])
{
  gsize offset[3][2], stride[3] = { (gsize) dims[1] * dims[2], dims[2], 1 };
  float part[3], sum[2][2];

  for (int a = 0; a < 3; a++)
    {
      float  at = CLAMP (point[a], 0, (float) (dims[a] - 1));
      gint32 low = MIN ((gint32) at, MAX (dims[a] - 2, 0));

      part[a] = at - (float) low;
      offset[a][0] = stride[a] * (gsize) low;
      offset[a][1] = dims[a] > 1 ? offset[a][0] + stride[a] : offset[a][0];
    }
  for (int x = 0; x < 2; x++)
    for (int y = 0; y < 2; y++)
      {
        const gint16 *row = source + offset[0][x] + offset[1][y];
        float         low = row[offset[2][0]], high = row[offset[2][1]];

        sum[x][y] = low + part[2] * (high - low);
      }
  for (int x = 0; x < 2; x++)
    sum[x][0] += part[1] * (sum[x][1] - sum[x][0]);
  return sum[0][0] + part[0] * (sum[1][0] - sum[0][0]);
}

void
sag_augment_image (const SagSampleGrid   *grid,
                   const SagAugmentation *augmentation,
                   const gint16          *source,
                   float                 *input)
{
  double step[3][3], origin[3];

  plan (grid, augmentation, 1, step, origin);
  for (gint32 x = 0; x < grid->input[0]; x++)
    for (gint32 y = 0; y < grid->input[1]; y++)
      {
        float start[3], along[3];

        for (int a = 0; a < 3; a++)
          {
            start[a] = (float) (origin[a] + step[a][0] * x + step[a][1] * y);
            along[a] = (float) step[a][2];
          }
        for (gint32 z = 0; z < grid->input[2]; z++)
          {
            const float point[3] = { start[0] + along[0] * (float) z,
                                     start[1] + along[1] * (float) z,
                                     start[2] + along[2] * (float) z };

            *input++ = sample (source, grid->source, point) * (1 / 2000.0f) + 0.5f;
          }
      }
}

/* About normal: the sum of four even numbers. */
static float
bell (guint64 hash)
{
  gint32 sum = (gint32) (hash & 0xffff) + (gint32) (hash >> 16 & 0xffff) +
               (gint32) (hash >> 32 & 0xffff) + (gint32) (hash >> 48);

  return (float) (sum - 2 * 65535) * (float) (1.7320508075688772 / 65536);
}

void
sag_augment_values (const SagAugmentation *augmentation, float *input, gsize n)
{
  if (augmentation->noise > 0)
    for (gsize v = 0; v < n; v++)
      input[v] += augmentation->shift +
                  augmentation->noise * bell (sag_random_hash (augmentation->noise_seed, v));
  else if (fabsf (augmentation->shift) > 0)
    for (gsize v = 0; v < n; v++)
      input[v] += augmentation->shift;
}

/* Positions of labels are counted in steps of 2^-16 voxels: an axis has at most a few thousand. */
#define FIXED 65536.0

static gint32
to_fixed (double value)
{
  return (gint32) lrint (CLAMP (value, -16384, 16383) * FIXED);
}

/* Of @n steps of @step from @start, those between 0 and @most: @low up to, not with, @high. */
static void
cut_range (gint32 start, gint32 step, gint32 most, gint32 *low, gint32 *high)
{
  gint64 first, end;

  if (step == 0)
    {
      *high = start >= 0 && start <= most ? *high : *low;
      return;
    }
  first = step > 0 ? -(gint64) start : (gint64) start - most;
  end = step > 0 ? (gint64) most - start : (gint64) start;
  step = ABS (step);
  first = first > 0 ? (first + step - 1) / step : 0;
  end = end >= 0 ? end / step + 1 : 0;
  *low = (gint32) MIN (MAX (*low, first), *high);
  *high = (gint32) MAX (MIN (*high, end), *low);
}

/* Nearest neighbours of positions @low up to @high of a row along z, the border going on. */
static void
label_border (const SagLabelMap *source,
              const gint32       start[3],
              const gint32       step[3],
              gint32             low,
              gint32             high,
              guint8            *out)
{
  for (gint32 i = low; i < high; i++)
    {
      gsize index = 0;

      for (int a = 0; a < 3; a++)
        {
          gint32 at = (start[a] + step[a] * i) >> 16;

          index = index * (gsize) source->dims[a] + (gsize) CLAMP (at, 0, source->dims[a] - 1);
        }
      out[i] = source->voxels[index];
    }
}

/* One row along z: nearest neighbours from @start in equal steps. Most of it lies inside and needs no border. */
static void
label_row (
  const SagLabelMap *source, const gint32 start[3], const gint32 step[3], gint32 n, guint8 *out)
{
  const gint32  row = source->dims[2], plane = row * source->dims[1];
  const guint8 *voxels = source->voxels;
  gint32        low = 0, high = n, x, y, z;

  for (int a = 0; a < 3; a++)
    cut_range (start[a], step[a], (source->dims[a] << 16) - 1, &low, &high);
  label_border (source, start, step, 0, low, out);
  x = start[0] + step[0] * low;
  y = start[1] + step[1] * low;
  z = start[2] + step[2] * low;
  for (gint32 i = low; i < high; i++, x += step[0], y += step[1], z += step[2])
    out[i] = voxels[plane * (x >> 16) + row * (y >> 16) + (z >> 16)];
  label_border (source, start, step, high, n, out);
}

SagLabelMap *
sag_augment_labels (const SagSampleGrid   *grid,
                    const SagAugmentation *augmentation,
                    const SagLabelMap     *source)
{
  SagLabelMap *out = g_new0 (SagLabelMap, 1);
  gint32       start[3], along[3];
  guint8      *row;
  double       step[3][3], origin[3];

  out->n_sets = source->n_sets;
  out->members = g_memdup2 (source->members, source->n_sets * sizeof *source->members);
  for (int a = 0; a < 3; a++)
    out->dims[a] = grid->input[a] * grid->fine;
  out->voxels = row = g_malloc ((gsize) out->dims[0] * out->dims[1] * out->dims[2]);
  plan (grid, augmentation, grid->fine, step, origin);
  for (int a = 0; a < 3; a++)
    along[a] = to_fixed (step[a][2]);
  for (gint32 x = 0; x < out->dims[0]; x++)
    for (gint32 y = 0; y < out->dims[1]; y++, row += out->dims[2])
      {
        for (int a = 0; a < 3; a++)
          start[a] = to_fixed (origin[a] + step[a][0] * x + step[a][1] * y + 0.5);
        label_row (source, start, along, out->dims[2], row);
      }
  return out;
}
