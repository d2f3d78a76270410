// Where pictures of faces come from. The film's store says so when it is there.
export const pictures: { of: (chip: number) => string } = { of: () => "" };
